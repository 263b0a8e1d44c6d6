// libtorch's random generator and live-tensor count belong to the process, and a step uses every core by itself.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
