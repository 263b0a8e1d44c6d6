using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Methods.Vera;

/// <summary>
/// The two frozen projections <c>A</c> [rank, in] and <c>B</c> [out, rank] that all layers of an adapter share, as wide as the widest of them;
/// narrower layers use their first columns and rows.
/// </summary>
/// <param name="A">The first projection [rank, greatest input].</param>
/// <param name="B">The second projection [greatest output, rank].</param>
public sealed record VeraProjections(Tensor A, Tensor B)
{
    /// <summary>Creates the projections of an adapter for a model on which it is not yet, as wide as the widest layer that it adapts.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="adapter">The adapter, with a <see cref="VeraConfig"/>.</param>
    /// <exception cref="PeftException">A selector does not fit the model. The message lists every problem.</exception>
    public static VeraProjections For(nn.Module model, Adapter adapter)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        var config = (VeraConfig)adapter.Config;
        return VeraMethod.Projections(model, config, new VeraMethod().Targets(model, config));
    }

    /// <summary>
    /// Creates the projections: uniform within ±√(6 / columns), first <c>A</c>, then <c>B</c>, from one CPU generator on every device.
    /// </summary>
    /// <param name="rank">The inner dimension.</param>
    /// <param name="input">The greatest input width of the adapted layers.</param>
    /// <param name="output">The greatest output width of the adapted layers.</param>
    /// <param name="seed">The seed of the random numbers.</param>
    /// <param name="device">The device of the projections.</param>
    public static VeraProjections Draw(int rank, long input, long output, int seed, Device device)
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        Tensor a = Uniform(rank, input, generator).to(device, copy: true);
        Tensor b = Uniform(output, rank, generator).to(device, copy: true);
        return new VeraProjections(a.DetachFromDisposeScope(), b.DetachFromDisposeScope());
    }

    private static Tensor Uniform(long rows, long columns, Generator generator)
    {
        double bound = Math.Sqrt(6.0 / columns);
        return rand(rows, columns, generator: generator).mul_(Scalars.Of(2 * bound)).sub_(Scalars.Of(bound));
    }
}
