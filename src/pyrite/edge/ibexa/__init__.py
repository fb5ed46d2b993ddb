"""The dialect of Ibexa's event tracking (YOOCHOOSE's, before), off until the settings say otherwise."""
