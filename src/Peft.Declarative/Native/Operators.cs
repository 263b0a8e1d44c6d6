using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>libtorch operators that TorchSharp does not bind, called through TorchScript. Autograd differentiates them.</summary>
/// <remarks>
/// The sources are constants because libtorch ends the process if one contains an unknown operator; a test calls each function.
/// Numbers are passed as <see cref="Scalars"/>. Truth values are passed as they are: they go by value, and a Scalar of one arrives as another type.
/// </remarks>
internal static class Operators
{
    private static readonly jit.CompilationUnit Unit = jit.compile(
        """
        def attention(q, k, v, mask: Optional[Tensor], causal: bool, scale: float, grouped: bool, dropout: float):
            return torch.scaled_dot_product_attention(q, k, v, mask, dropout, causal, scale=scale, enable_gqa=grouped)
        def rms_norm(x, w, eps: float):
            return torch.rms_norm(x, [x.size(-1)], w, eps)
        def lstm(x, state, weights: List[Tensor], layers: int, dropout: float, training: bool):
            return torch.lstm(x, [state, state], weights, True, layers, dropout, training, True, True)[0]
        def mish(x):
            return torch.mish(x)

        """);

    /// <summary>
    /// Scaled dot-product attention of queries [batch, heads, time, width] over keys and values [batch, groups, keys, width].
    /// </summary>
    /// <param name="q">Queries [batch, heads, time, width].</param>
    /// <param name="k">Keys [batch, groups, keys, width].</param>
    /// <param name="v">Values, of the same shape as the keys.</param>
    /// <param name="mask">A float tensor that is added to the scores, or <see langword="null"/>.</param>
    /// <param name="causal">Whether each query sees no key after its own position. Must be <see langword="false"/> if there is a mask.</param>
    /// <param name="scale">The factor on the scores.</param>
    /// <param name="grouped">Whether keys have fewer heads than queries.</param>
    /// <param name="dropout">The probability with which an attention weight is dropped.</param>
    internal static Tensor Attention(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, double scale, bool grouped, double dropout = 0)
    {
        return (Tensor)Unit.invoke("attention", q, k, v, mask!, causal, Scalars.Of(scale), grouped, Scalars.Of(dropout));
    }

    /// <summary>The outputs [batch, time, 2 · hidden] of a bidirectional LSTM.</summary>
    /// <param name="x">Inputs [batch, time, in].</param>
    /// <param name="state">The initial hidden and cell state: zeros [2 · layers, batch, hidden].</param>
    /// <param name="weights">For each layer and direction: input weight, hidden weight, input bias, hidden bias.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="dropout">The probability with which an element between two layers is dropped.</param>
    /// <param name="training">Whether dropout is applied.</param>
    internal static Tensor Lstm(Tensor x, Tensor state, Tensor[] weights, long layers, double dropout, bool training)
    {
        return (Tensor)Unit.invoke("lstm", x, state, weights, Scalars.Of(layers), Scalars.Of(dropout), training);
    }

    /// <summary>Root-mean-square normalization of <paramref name="x"/> over its last dimension.</summary>
    internal static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon)
    {
        return (Tensor)Unit.invoke("rms_norm", x, weight, Scalars.Of(epsilon));
    }

    /// <summary>x · tanh(ln(1 + eˣ)), element by element.</summary>
    internal static Tensor Mish(Tensor x) => (Tensor)Unit.invoke("mish", x);
}
