using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.Ia3;

/// <summary>Declared scaling factors.</summary>
internal sealed record Ia3Spec(AdapterIdentity Identity) : LayerAdapterSpec(Identity)
{
    /// <summary>The names of the targets that are scaled on their input; <see langword="null"/> for the family's.</summary>
    public EquatableArray<string>? FeedForward { get; init; }

    public string? FeedForwardPattern { get; init; }

    internal override IEnumerable<string> Mentions => [.. FeedForward ?? default, FeedForwardPattern ?? ""];
}

/// <summary>The side of a layer on which its factors are.</summary>
internal sealed record Ia3Side(bool OnInput) : LayerSetting
{
    internal override string Difference(IReadOnlyList<LayerSetting> all) => OnInput ? "OnInput" : "OnResult";
}
