using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.Ia3;

/// <summary>Declared factors on layers.</summary>
internal sealed record Ia3Spec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
    /// <summary>Names of the targets that are scaled on their input; null for the family's.</summary>
    public EquatableArray<string>? FeedForward { get; init; }

    public string? FeedForwardPattern { get; init; }

    internal override IEnumerable<string> Mentions => [.. FeedForward ?? default, FeedForwardPattern ?? ""];
}

/// <summary>On which side of a layer its factors are.</summary>
internal sealed record Ia3Side(bool OnInput) : LayerSetting
{
    internal override string Difference(IReadOnlyList<LayerSetting> all) => OnInput ? "OnInput" : "OnResult";
}
