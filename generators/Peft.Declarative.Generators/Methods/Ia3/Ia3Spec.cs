using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.Ia3;

/// <summary>Declared factors on layers.</summary>
internal sealed record Ia3Spec : LayerAdapterSpec
{
    internal override string Method => "Ia3";

    /// <summary>Names of the targets that are scaled on their input; null for the family's.</summary>
    public EquatableArray<string>? FeedForward { get; init; }

    public string? FeedForwardPattern { get; init; }

    internal override IEnumerable<string> Mentions => [.. FeedForward ?? default, FeedForwardPattern ?? ""];
}
