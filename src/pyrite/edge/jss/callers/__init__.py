"""Who calls: by which key, with which cookies, with what consent, and whether it is a robot that says so."""
