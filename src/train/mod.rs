//! One run: loop, optimiser, schedule, loss, evaluation, device.
