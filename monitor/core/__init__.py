"""The ground floor: everything that decides. No clock, disk, net, log or dice; `now` is always an argument."""
