using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>libtorch operators that TorchSharp does not bind, reached through TorchScript; autograd works through them.</summary>
/// <remarks>
/// The sources are constants on purpose: libtorch answers an unknown operator in them by ending the process, so each is covered by a test.
/// Numbers are passed as scalars that live until the call is over. TorchSharp would make them itself and keep only their addresses, and a
/// garbage collection during the call would free them while libtorch reads them.
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

        """);

    /// <summary>
    /// Attention of queries [batch, heads, time, width] over keys and values [batch, groups, slots, width]. The mask is added to the scores; only
    /// without one may each query be made to see no key after its own place. Grouped: keys have fewer heads than queries.
    /// </summary>
    internal static Tensor Attention(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, double scale, bool grouped, double dropout = 0)
    {
        using Scalar factor = scale.ToScalar();
        using Scalar dropped = dropout.ToScalar();
        return (Tensor)Unit.invoke("attention", q, k, v, mask!, causal, factor, grouped, dropped);
    }

    /// <summary>Outputs [batch, time, 2 · hidden] of a bidirectional LSTM that starts from zero.</summary>
    /// <param name="x">[batch, time, in].</param>
    /// <param name="state">Zeros [2 · layers, batch, hidden].</param>
    /// <param name="weights">For each layer and direction: input weight, hidden weight, input bias, hidden bias.</param>
    /// <param name="layers">Number of layers.</param>
    /// <param name="dropout">Probability between layers.</param>
    /// <param name="training">Whether dropout happens.</param>
    internal static Tensor Lstm(Tensor x, Tensor state, Tensor[] weights, long layers, double dropout, bool training)
    {
        using Scalar dropped = dropout.ToScalar();
        return (Tensor)Unit.invoke("lstm", x, state, weights, layers, dropped, training);
    }

    internal static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon)
    {
        using Scalar added = epsilon.ToScalar();
        return (Tensor)Unit.invoke("rms_norm", x, weight, added);
    }
}
