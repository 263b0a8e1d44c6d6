using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.PTuning;

/// <summary>A declared prompt that a network computes.</summary>
internal sealed record PTuningSpec(AdapterIdentity Identity) : VirtualTokenSpec(Identity)
{
    /// <summary>The hidden width of the network; 0 for the width of the virtual tokens.</summary>
    public required int Hidden { get; init; }

    public required PromptEncoder Encoder { get; init; }

    internal bool IsLstm => Encoder == PromptEncoder.Lstm;

    public required int Layers { get; init; }

    public required double Dropout { get; init; }

    /// <summary>Counts the trained values: an input vector for each row, and the network's weights and biases.</summary>
    internal long? Parameters(long? modelWidth)
    {
        if (modelWidth is not { } width) return null;

        long hidden = Hidden > 0 ? Hidden : width;
        long input = Rows * width;
        if (!IsLstm) return input + Linear(width, hidden) + Linear(hidden, hidden) + Linear(hidden, width);

        // Four gates, each with weights and biases for input and state, in both directions.
        long Layer(long features) => 2 * 4 * hidden * (features + hidden + 2);
        return input + Layer(width) + ((Layers - 1) * Layer(2 * hidden)) + Linear(2 * hidden, 2 * hidden) + Linear(2 * hidden, width);
    }

    private static long Linear(long features, long results) => (features + 1) * results;
}
