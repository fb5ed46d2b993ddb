"""What the demo shop sells."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Product:
    """One stone: `price` in euros, `hue` colours its picture, `shape` is a key of SHAPES."""

    slug: str
    name: str
    category: str
    price: int
    hue: int
    shape: str
    text: str


CATEGORIES = {"crystals": "Crystals", "metals": "Metals and ores", "fossils": "Fossils"}

# Polygons in a box of 100 by 100: (points, how much lighter than the base colour in percent).
SHAPES = {
    "cube": (
        ("50,14 84,32 50,50 16,32", 22),
        ("16,32 50,50 50,88 16,70", 0),
        ("84,32 50,50 50,88 84,70", -14),
    ),
    "point": (
        ("50,8 66,34 50,42 34,34", 24),
        ("34,34 50,42 50,92 34,84", 4),
        ("66,34 50,42 50,92 66,84", -12),
    ),
    "cluster": (
        ("34,30 44,46 40,88 24,84 22,48", 10),
        ("54,12 68,36 62,90 40,88 42,38", 20),
        ("78,34 86,52 76,86 62,88 66,50", -8),
    ),
    "spiral": (
        ("50,12 82,30 84,66 52,88 20,70 18,34", 6),
        ("50,26 70,38 70,62 51,74 32,63 31,40", 20),
        ("50,40 60,46 60,56 51,62 42,56 42,47", -14),
    ),
}

PRODUCTS = (
    Product(slug="pyrite-cube", name="Pyrite cube", category="metals", price=28, hue=45, shape="cube",
            text="Grown this way, not cut: a cube of fool's gold from Navajún, faces like mirrors."),
    Product(slug="amethyst", name="Amethyst point", category="crystals", price=36, hue=275, shape="point",
            text="Violet quartz from Uruguay, deep at the tip and clear at the foot."),
    Product(slug="rock-crystal", name="Rock crystal cluster", category="crystals", price=64, hue=200, shape="cluster",
            text="Three clear points on one base, from a cleft in the Alps at 2,400 metres."),
    Product(slug="malachite", name="Malachite", category="metals", price=49, hue=155, shape="cluster",
            text="Copper ore in green bands, polished on one side so that the rings show."),
    Product(slug="ammonite", name="Ammonite", category="fossils", price=22, hue=25, shape="spiral",
            text="A hundred and ninety million years old, from the Jurassic coast; fits a palm."),
    Product(slug="fluorite", name="Fluorite octahedron", category="crystals", price=31, hue=185, shape="cube",
            text="Sea green, split along its own planes. It glows under ultraviolet light."),
)  # fmt: skip


def find(slug: str) -> Product | None:
    """The product with that *slug*; None if there is none."""
    return next((product for product in PRODUCTS if product.slug == slug), None)
