using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.Bottleneck;

/// <summary>A declared bottleneck, after or beside sublayers.</summary>
internal sealed record BottleneckSpec(string MethodName) : SublayerAdapterSpec
{
    internal override string Method => MethodName;

    internal override IReadOnlyList<string> Traits => Gated ? [Method, Combinations.AveragesRows] : [Method];

    /// <summary>Settings of the config that are written as they are: name and value, only those that differ from its own defaults.</summary>
    public EquatableArray<string> Settings { get; init; }

    /// <summary>Trained factors: 0 for none, 1 for one, 2 for one per channel.</summary>
    public int LearnedScale { get; init; }

    public bool Gated { get; init; }

    /// <summary>Norms of the adapter's own.</summary>
    public int Norms { get; init; }

    public bool Invertible { get; init; }

    public double InvertibleReduction { get; init; }

    /// <summary>The non-linear function by its name in formulas.</summary>
    public string Function { get; init; } = "relu";

    /// <summary>The bottlenecks of a hybrid: one at every feed-forward network.</summary>
    /// <param name="hybrid">The hybrid.</param>
    /// <param name="method">Which kind of bottleneck.</param>
    /// <param name="gated">Whether each has a gate.</param>
    internal static BottleneckSpec In(HybridSpec hybrid, string method, bool gated) => new(method)
    {
        Name = hybrid.Name,
        Place = hybrid.Place,
        Written = hybrid.Written,
        Targets = new[] { "mlp" }.ToEquatableArray(),
        Reduction = hybrid.Reduction,
        Gated = gated,
    };

    public bool IsParallel => MethodName == "ParallelBottleneck";
}
