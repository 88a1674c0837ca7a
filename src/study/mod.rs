//! Many runs: plan, store, scheduler, status.
