//! Which mentions belong together: a union-find whose root is always the earliest mention.

use crate::engine::steps;

/// Groups of mentions, by index.
#[derive(Debug)]
pub(super) struct Groups {
    parents: Vec<u32>,
}

impl Groups {
    /// Returns groups of one mention each.
    pub(super) fn new(n: usize) -> Self {
        Self {
            parents: (0..n as u32).collect(),
        }
    }

    /// Returns the first mention of the group.
    pub(super) fn root(&mut self, mut index: usize) -> usize {
        steps::count(1);
        while self.parents[index] as usize != index {
            steps::count(1);
            let grandparent = self.parents[self.parents[index] as usize];
            self.parents[index] = grandparent;
            index = grandparent as usize;
        }
        index
    }

    /// Puts two mentions into one group.
    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let (first, later) = (a.min(b), a.max(b));
        self.parents[later] = first as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_mention_stands_for_the_group() {
        let mut groups = Groups::new(5);
        groups.join(4, 2);
        groups.join(2, 1);
        assert_eq!([0, 1, 2, 3, 4].map(|index| groups.root(index)), [0, 1, 1, 3, 1]);
    }
}
