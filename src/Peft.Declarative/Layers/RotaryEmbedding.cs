using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// Rotary position embedding in the half-split form: each pair (x_i, x_{i+d/2}) is rotated by the angle <c>position · θ_i</c>. Su et al. 2021,
/// arXiv 2104.09864.
/// </summary>
public sealed class RotaryEmbedding
{
    private readonly double[] _frequencies;
    private readonly double _magnitude;

    /// <summary>Creates an embedding from its angular frequencies.</summary>
    /// <param name="frequencies">The angular frequencies θ, one per pair: half the width of a head.</param>
    /// <param name="magnitude">The factor on sine and cosine. The default is 1; some context-extension methods use another value.</param>
    public RotaryEmbedding(double[] frequencies, double magnitude = 1.0)
    {
        _frequencies = frequencies;
        _magnitude = magnitude;
    }

    /// <summary>Computes the cosines and sines for positions, in float32.</summary>
    /// <param name="positions">int64 [batch or 1, time].</param>
    /// <param name="type">The element type of the result.</param>
    /// <returns>The cosines and sines, each [batch or 1, 1, time, width].</returns>
    public (Tensor Cosine, Tensor Sine) At(Tensor positions, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor frequencies = tensor(Array.ConvertAll(_frequencies, value => (float)value), device: positions.device);
        Tensor angles = positions.to(ScalarType.Float32).unsqueeze(-1) * frequencies;
        Tensor both = cat([angles, angles], -1).unsqueeze(1);
        Tensor cosine = both.cos().mul_(Scalars.Of(_magnitude)).to(type);
        Tensor sine = both.sin().mul_(Scalars.Of(_magnitude)).to(type);
        return (cosine.MoveToOuterDisposeScope(), sine.MoveToOuterDisposeScope());
    }

    /// <summary>Rotates queries or keys.</summary>
    /// <param name="x">Queries or keys [batch, heads, time, width].</param>
    /// <param name="cosine">From <see cref="At"/>.</param>
    /// <param name="sine">From <see cref="At"/>.</param>
    /// <returns>The rotated tensor, of the same shape.</returns>
    public static Tensor Rotate(Tensor x, Tensor cosine, Tensor sine)
    {
        using DisposeScope scope = NewDisposeScope();
        long half = x.size(-1) / 2;
        Tensor turned = cat([x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)], -1);
        return (x * cosine).add_(turned.mul_(sine), Scalars.One).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the angular frequencies <c>θ^(-2i/width)</c> of the paper, one per pair.</summary>
    /// <param name="width">The width of a head.</param>
    /// <param name="theta">The base θ. The default is the paper's 10,000.</param>
    internal static double[] Frequencies(int width, double theta = 10_000)
    {
        double[] frequencies = new double[width / 2];
        for (int i = 0; i < frequencies.Length; i++)
        {
            frequencies[i] = Math.Pow(theta, -2.0 * i / width);
        }

        return frequencies;
    }

    /// <summary>Rotates the heads of a projection.</summary>
    /// <param name="x">Queries or keys [batch, time, heads · width].</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="cosine">From <see cref="At"/>.</param>
    /// <param name="sine">From <see cref="At"/>.</param>
    /// <returns>The rotated heads [batch, heads, time, width].</returns>
    internal static Tensor RotateHeads(Tensor x, long heads, Tensor cosine, Tensor sine)
    {
        using DisposeScope scope = NewDisposeScope();
        bool fits = RotaryFunction.Fits(x, heads, cosine, sine);
        Tensor split = Split(fits ? RotaryFunction.Of(x, cosine, sine) : x, heads);
        return (fits ? split : Rotate(split, cosine, sine)).MoveToOuterDisposeScope();
    }

    /// <summary>Rotates the heads of two projections, together if they can be.</summary>
    /// <param name="queries">Queries [batch, time, heads · width].</param>
    /// <param name="heads">Their number of heads.</param>
    /// <param name="keys">Keys [batch, time, groups · width].</param>
    /// <param name="groups">Their number of heads.</param>
    /// <param name="cosine">From <see cref="At"/>.</param>
    /// <param name="sine">From <see cref="At"/>.</param>
    internal static (Tensor Queries, Tensor Keys) RotateHeads(Tensor queries, long heads, Tensor keys, long groups, Tensor cosine, Tensor sine)
    {
        // Keys without a gradient, as those of a first layer can be, would get one.
        bool together = is_grad_enabled() && queries.requires_grad && keys.requires_grad;
        if (!together || !RotaryFunction.Fits(queries, heads, cosine, sine) || !RotaryFunction.Fits(keys, groups, cosine, sine))
        {
            return (RotateHeads(queries, heads, cosine, sine), RotateHeads(keys, groups, cosine, sine));
        }

        using DisposeScope scope = NewDisposeScope();
        (queries, keys) = RotaryFunction.Of(queries, keys, cosine, sine);
        return (Split(queries, heads).MoveToOuterDisposeScope(), Split(keys, groups).MoveToOuterDisposeScope());
    }

    private static Tensor Split(Tensor x, long heads) => x.view(x.size(0), x.size(1), heads, -1).transpose(1, 2);
}
