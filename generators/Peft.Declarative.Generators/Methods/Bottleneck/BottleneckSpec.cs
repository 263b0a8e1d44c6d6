using Peft.Declarative.Generators.Model;
using Peft.Declarative.Targeting;

namespace Peft.Declarative.Generators.Methods.Bottleneck;

/// <summary>A declared bottleneck, after or parallel to sublayers.</summary>
internal sealed record BottleneckSpec(AdapterIdentity Identity) : SublayerAdapterSpec(Identity)
{
    internal override IReadOnlyList<string> Traits => Gated ? [Method, Combinations.AveragesRows] : [Method];

    /// <summary>The settings that are written into the config unchanged: those that the declaration sets.</summary>
    public EquatableArray<BottleneckSetting> Settings { get; init; }

    public ScaleLearning LearnedScale { get; init; }

    public bool Gated { get; init; }

    /// <summary>The number of the adapter's own norms.</summary>
    public int Norms { get; init; }

    public bool Invertible { get; init; }

    public double InvertibleReduction { get; init; }

    /// <summary>The name of the activation in formulas.</summary>
    public string Function { get; init; } = "relu";

    /// <summary>Gets the bottlenecks of a hybrid: one at every feed-forward network.</summary>
    /// <param name="hybrid">The hybrid.</param>
    /// <param name="method">The kind of bottleneck.</param>
    /// <param name="gated">Whether each has a gate.</param>
    internal static BottleneckSpec In(HybridSpec hybrid, string method, bool gated) => new(hybrid.Identity with { Kind = MethodCatalog.ByName(method) })
    {
        Targets = new[] { SublayerNames.Of(SublayerKind.FeedForward) }.ToEquatableArray(),
        Reduction = hybrid.Reduction,
        Gated = gated,
    };

    internal bool IsParallel => Method == "ParallelBottleneck";
}

/// <summary>An assignment in a bottleneck's config.</summary>
/// <param name="Property">The property.</param>
/// <param name="EnumType">The type of the value if it is an enum; empty otherwise.</param>
/// <param name="Value">The value as a C# literal.</param>
internal sealed record BottleneckSetting(string Property, string EnumType, string Value);
