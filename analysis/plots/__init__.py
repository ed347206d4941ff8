"""One module per job, named like the job: draw(file) returns the picture of its result."""
