//! What arithmetic and collections mean.
