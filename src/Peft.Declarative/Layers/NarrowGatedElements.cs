using Peft.Declarative.Native;

namespace Peft.Declarative.Layers;

/// <summary>
/// Elements of <see cref="GatedActivation"/> whose gate, values and their gradients are bfloat16. The kernel reads and writes float32 copies of a few at a time, which
/// stay in the processor's cache.
/// </summary>
internal readonly unsafe struct NarrowGatedElements(Activation activation, ushort* gate, ushort* up)
{
    private const int Piece = 512;
    private const int Copies = 4;

    /// <summary>Receives the output; null in a backward pass.</summary>
    internal float* Output { get; init; }

    /// <summary>That of the output.</summary>
    internal float* Gradient { get; init; }

    internal ushort* GateGradient { get; init; }

    internal ushort* UpGradient { get; init; }

    /// <summary>Computes the output or the gradients of some elements.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="end">The end, exclusive.</param>
    internal void Run(long first, long end)
    {
        float* room = stackalloc float[Copies * Piece];
        float* ofGate = room + (2 * Piece);
        float* ofUp = room + (3 * Piece);
        for (long from = first; from < end; from += Piece)
        {
            int count = (int)Math.Min(Piece, end - from);
            BFloat16Elements.Widen(gate + from, room, count);
            BFloat16Elements.Widen(up + from, room + Piece, count);
            GatedElements wide = new(room, room + Piece, 0, count);
            if (Output != null)
            {
                GatedActivation.Run(activation, wide with { Output = Output + from });
                continue;
            }

            GatedActivation.Run(activation, wide with { Gradient = Gradient + from, GateGradient = ofGate, UpGradient = ofUp });
            BFloat16Elements.Narrow(ofGate, GateGradient + from, count);
            BFloat16Elements.Narrow(ofUp, UpGradient + from, count);
        }
    }
}
