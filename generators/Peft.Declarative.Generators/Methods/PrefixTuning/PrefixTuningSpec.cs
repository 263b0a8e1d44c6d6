using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.PrefixTuning;

/// <summary>A declared prefix.</summary>
internal sealed record PrefixTuningSpec : LearnedInputSpec
{
    internal override string Method => "PrefixTuning";

    public required bool Projection { get; init; }

    /// <summary>Width inside the projection; 0 for the width of a layer's keys.</summary>
    public required int Hidden { get; init; }

    /// <summary>Whether it stands beside the text and not before it.</summary>
    public required bool Beside { get; init; }

    public required bool Gated { get; init; }

    /// <summary>Name of the value of PrefixInit.</summary>
    public required string Init { get; init; }

    /// <summary>Values in the file: keys and values of every block; null if a size is not known, as where each kind of attention has its own.</summary>
    internal long? Values(long? blocks, long? width) => Beside ? null : Tokens * 2 * blocks * width;

    /// <summary>Trained values; null if a size is not known.</summary>
    internal long? Trained(long? blocks, long? width)
    {
        if (Beside || !Projection) return Values(blocks, width);

        long? hidden = Hidden > 0 ? Hidden : width;
        return (Tokens * width) + ((width + 1) * hidden) + ((hidden + 1) * 2 * blocks * width);
    }
}
