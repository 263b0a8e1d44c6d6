using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.PrefixTuning;

/// <summary>A declared prefix.</summary>
internal sealed record PrefixTuningSpec : LearnedInputSpec
{
    internal override string Method => "PrefixTuning";

    public required bool Projection { get; init; }

    /// <summary>Width inside the projection; 0 for the width of a layer's keys.</summary>
    public required int Hidden { get; init; }

    /// <summary>Name of the value of PrefixInit.</summary>
    public required string Init { get; init; }

    /// <summary>Values in the file: keys and values of every block; null if a size is not known.</summary>
    internal long? Values(long? blocks, long? width) => Tokens * 2 * blocks * width;

    /// <summary>Trained values; null if a size is not known.</summary>
    internal long? Trained(long? blocks, long? width)
    {
        if (!Projection) return Values(blocks, width);

        long? hidden = Hidden > 0 ? Hidden : width;
        return (Tokens * width) + ((width + 1) * hidden) + ((hidden + 1) * 2 * blocks * width);
    }
}
