"""What the worker does, a module for each kind of job: functions of a desk and a command."""
