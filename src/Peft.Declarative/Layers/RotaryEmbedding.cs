using static TorchSharp.torch;

namespace Peft.Declarative.Layers;

/// <summary>
/// Rotary position embedding in the half-split form: pairs (x_i, x_{i+d/2}) turn by <c>position · θ_i</c>. Su et al. 2021, arXiv 2104.09864.
/// </summary>
public sealed class RotaryEmbedding
{
    private readonly double[] _frequencies;
    private readonly double _magnitude;

    /// <summary>Makes an embedding from its angular frequencies.</summary>
    /// <param name="frequencies">θ, one per pair: half the width of a head.</param>
    /// <param name="magnitude">Factor on sine and cosine; 1 but for scalings that sharpen attention.</param>
    public RotaryEmbedding(double[] frequencies, double magnitude = 1.0)
    {
        _frequencies = frequencies;
        _magnitude = magnitude;
    }

    /// <summary>Cosines and sines [batch or 1, 1, time, width] of positions [batch or 1, time], computed in float32.</summary>
    public (Tensor Cosine, Tensor Sine) At(Tensor positions, ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor frequencies = tensor(Array.ConvertAll(_frequencies, value => (float)value), device: positions.device);
        Tensor angles = positions.to(ScalarType.Float32).unsqueeze(-1) * frequencies;
        Tensor both = cat([angles, angles], -1).unsqueeze(1);
        Tensor cosine = both.cos().mul_(_magnitude).to(type);
        Tensor sine = both.sin().mul_(_magnitude).to(type);
        return (cosine.MoveToOuterDisposeScope(), sine.MoveToOuterDisposeScope());
    }

    /// <summary>Turns queries or keys [batch, heads, time, width].</summary>
    public static Tensor Rotate(Tensor x, Tensor cosine, Tensor sine)
    {
        using DisposeScope scope = NewDisposeScope();
        long half = x.size(-1) / 2;
        Tensor turned = cat([x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)], -1);
        return (x * cosine).add_(turned.mul_(sine)).MoveToOuterDisposeScope();
    }
}
