//! A session: loads files, runs phases, turns results into reports.
