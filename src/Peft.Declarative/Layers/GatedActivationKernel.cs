using System.Runtime.CompilerServices;

namespace Peft.Declarative.Layers;

/// <summary>
/// The elements of <see cref="GatedActivation"/> for activations of the form <c>f(g) = g σ(h(g))</c> with <c>σ(h) = 1 / (1 + e⁻ʰ)</c>, whose derivative is
/// <c>σ (1 + g h' (1 − σ))</c>.
/// </summary>
/// <typeparam name="TExponent">Computes h and its derivative.</typeparam>
/// <typeparam name="TLanes">The vector's operations.</typeparam>
/// <typeparam name="TVector">The vector.</typeparam>
internal static unsafe class GatedActivationKernel<TExponent, TLanes, TVector>
    where TExponent : IExponent<TVector>
    where TLanes : ILanes<TVector>
    where TVector : struct
{
    /// <summary>Computes the output <c>f(g) u</c>, or the gradients <c>y' u f'(g)</c> and <c>y' f(g)</c>.</summary>
    internal static void Run(in GatedElements elements)
    {
        long i = elements.From;
        for (; i + TLanes.Count <= elements.To; i += TLanes.Count)
        {
            Run(elements, i);
        }

        if (i < elements.To)
        {
            Last(elements, i);
        }
    }

    // The elements that do not fill a vector, in memory that does, so that they are computed by the same instructions.
    private static void Last(in GatedElements elements, long from)
    {
        int count = (int)(elements.To - from);
        float* room = stackalloc float[5 * TLanes.Count];
        new Span<float>(room, 5 * TLanes.Count).Clear();
        GatedElements full = new(room, room + TLanes.Count, 0, TLanes.Count);
        Copy(elements.Gate + from, full.Gate, count);
        Copy(elements.Up + from, full.Up, count);
        if (elements.Output != null)
        {
            full = full with { Output = room + (2 * TLanes.Count) };
            Run(full, 0);
            Copy(full.Output, elements.Output + from, count);
            return;
        }

        full = full with { Gradient = room + (2 * TLanes.Count), GateGradient = room + (3 * TLanes.Count), UpGradient = room + (4 * TLanes.Count) };
        Copy(elements.Gradient + from, full.Gradient, count);
        Run(full, 0);
        Copy(full.GateGradient, elements.GateGradient + from, count);
        Copy(full.UpGradient, elements.UpGradient + from, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Run(in GatedElements elements, long i)
    {
        TVector gate = TLanes.Load(elements.Gate + i);
        TVector up = TLanes.Load(elements.Up + i);
        TVector one = TLanes.Of(1);
        TVector e = VectorExp<TLanes, TVector>.Of(TLanes.Subtract(default, TExponent.Of(gate)));
        TVector sigmoid = TLanes.Divide(one, TLanes.Add(one, e));
        if (elements.Output != null)
        {
            TLanes.Store(TLanes.Multiply(TLanes.Multiply(gate, sigmoid), up), elements.Output + i);
            return;
        }

        TVector scaled = TLanes.Multiply(TLanes.Load(elements.Gradient + i), sigmoid);
        TVector slope = TLanes.MultiplyAdd(TLanes.Multiply(gate, TExponent.Slope(gate)), TLanes.Multiply(e, sigmoid), one);   // 1 − σ would cancel
        TLanes.Store(TLanes.Multiply(TLanes.Multiply(scaled, up), slope), elements.GateGradient + i);
        TLanes.Store(TLanes.Multiply(scaled, gate), elements.UpGradient + i);
    }

    private static void Copy(float* from, float* to, int count) => new Span<float>(from, count).CopyTo(new Span<float>(to, count));
}
