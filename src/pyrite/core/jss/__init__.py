"""Sitecore JSS tracking as a page speaks it: events, and requests to any JSS service. A page loads none of it by itself."""
