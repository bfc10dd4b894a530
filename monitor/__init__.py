"""Basewatch: tells, once and truly, that a base hosting US troops was attacked."""
