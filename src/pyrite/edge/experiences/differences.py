"""What may be said of the difference between two shares of visitors, and nothing where the numbers are too few to say it.

The statistics are GrowthBook's (gbstats): an asymptotic confidence sequence, valid however often one looks.
Source: Waudby-Smith et al. 2023, https://arxiv.org/abs/2103.06476
"""

import math
from dataclasses import dataclass

ALPHA = 0.05  # intervals hold in 95 of 100 experiments, at every look
MISMATCH = 0.001  # below this the visitors were not divided as they should have been
FEW = 30  # visitors of a variant: below that nothing is said of its difference
# Visitors who converted, and as many who did not: the sequence is asymptotic, and without any of them there is no variance.
FEW_CONVERSIONS = 5

Share = tuple[int, int]  # conversions, and visitors


@dataclass(kw_only=True)
class Difference:
    """The rate of the variant *id* less that of another, its interval and the sequential p-value; None where nothing is said."""

    id: str
    difference: float | None = None
    interval: tuple[float, float] | None = None
    p: float | None = None


def between(baseline: Share, variant: Share, *, id: str) -> Difference:
    """What may be said of the difference between *variant* and *baseline*."""
    for conversions, visitors in (baseline, variant):
        if visitors < FEW or min(conversions, visitors - conversions) < FEW_CONVERSIONS:
            return Difference(id=id)
    import numpy
    from gbstats.frequentist.tests import SequentialConfig, SequentialTwoSidedTTest
    from gbstats.models.statistics import ProportionStatistic

    test = SequentialTwoSidedTTest(
        ProportionStatistic(sum=baseline[0], n=baseline[1]),
        ProportionStatistic(sum=variant[0], n=variant[1]),
        SequentialConfig(difference_type="absolute", alpha=ALPHA),
    )
    with numpy.errstate(over="ignore"):  # of what is beyond doubt
        result = test.compute_result()
    low, high = result.ci
    # Where the library can't tell it says so, and gives an interval of [0, 0] and p = 1 as if it were a result.
    if result.error_message or not all(map(math.isfinite, (low, high, result.p_value))):
        return Difference(id=id)
    return Difference(
        id=id,
        difference=variant[0] / variant[1] - baseline[0] / baseline[1],
        interval=(max(-1.0, float(low)), min(1.0, float(high))),
        p=float(result.p_value),
    )


def mismatch(counts: list[int], expected: list[float]) -> float | None:
    """How probable it is that visitors who are to be divided as *expected* come to *counts*; None where that may well be."""
    from gbstats.utils import check_srm

    p = float(check_srm(counts, expected))
    return p if p < MISMATCH else None


def has_statistics() -> bool:
    """Whether the library is installed, which is an extra: it brings scipy."""
    try:
        import gbstats  # noqa: F401
    except ImportError:
        return False
    return True
