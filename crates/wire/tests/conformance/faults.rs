//! What happens when the broker dies, freezes or forgets.
