namespace Peft.Declarative.Layers;

/// <summary>Elements of a gate and its values in host memory, with the output of a forward pass or the gradients of a backward pass.</summary>
internal readonly unsafe struct GatedElements(float* gate, float* up, long from, long to)
{
    internal float* Gate => gate;

    internal float* Up => up;

    internal long From => from;

    /// <summary>The end, exclusive.</summary>
    internal long To => to;

    /// <summary>Receives the output; null in a backward pass.</summary>
    internal float* Output { get; init; }

    /// <summary>That of the output.</summary>
    internal float* Gradient { get; init; }

    internal float* GateGradient { get; init; }

    internal float* UpGradient { get; init; }

    /// <summary>Some of these elements.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="end">The end, exclusive.</param>
    internal GatedElements Between(long first, long end) => new(gate, up, first, end)
    {
        Output = Output,
        Gradient = Gradient,
        GateGradient = GateGradient,
        UpGradient = UpGradient,
    };
}
