using System.ComponentModel.DataAnnotations;

namespace Peft.Declarative.Orleans;

/// <summary>How the machines of a cluster share the requests.</summary>
public sealed class PeftClusterOptions
{
    /// <summary>The name of the section of a configuration from which the options are bound.</summary>
    public const string Section = "Peft:Cluster";

    /// <summary>
    /// The number of requests that may wait for a place where their persona is in memory, before further ones go to the machine that has the least to do. Fewer
    /// spread the load sooner, more keep each persona in the memory of fewer machines. The default is 8.
    /// </summary>
    [Range(0, 100_000)]
    public int SpillOver { get; set; } = 8;

    /// <summary>
    /// The time between two reports of a machine to the others: which personas it serves, which are in memory, and how much it has to do. One that misses three
    /// gets no further requests until it reports again. The default is 1 second.
    /// </summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromSeconds(1);
}
