using TorchSharp;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>libtorch operators that TorchSharp does not bind, called through TorchScript. Autograd differentiates them.</summary>
/// <remarks>
/// The sources are constants because libtorch ends the process if one contains an unknown operator; a test calls each function.
/// Numbers are passed as <see cref="Scalars"/>. Truth values go by value.
/// </remarks>
internal static class Operators
{
    private static readonly jit.CompilationUnit Unit = jit.compile(
        """
        def attention(q, k, v, mask: Optional[Tensor], causal: bool, scale: float, grouped: bool, dropout: float):
            return torch.scaled_dot_product_attention(q, k, v, mask, dropout, causal, scale=scale, enable_gqa=grouped)
        def attention_with_sums(q, k, v, mask: Optional[Tensor], causal: bool, scale: float):
            return torch._scaled_dot_product_flash_attention_for_cpu(q, k, v, 0.0, causal, attn_mask=mask, scale=scale)
        def attention_gradients(g, q, k, v, output, sums, mask: Optional[Tensor], causal: bool, scale: float):
            dq, dk, dv = torch._scaled_dot_product_flash_attention_for_cpu_backward(g, q, k, v, output, sums, 0.0, causal, attn_mask=mask, scale=scale)
            return [dq, dk, dv]
        def rms_norm(x, w, eps: float):
            return torch.rms_norm(x, [x.size(-1)], w, eps)
        def lstm(x, state, weights: List[Tensor], layers: int, dropout: float, training: bool):
            return torch.lstm(x, [state, state], weights, True, layers, dropout, training, True, True)[0]
        def lstm_direction(x, input_weight, hidden_weight, input_bias, hidden_bias, backwards: bool):
            inputs = torch.linear(x, input_weight, input_bias + hidden_bias).unbind(1)
            h = torch.zeros_like(inputs[0][:, :hidden_weight.size(1)])
            c = h
            outputs: List[Tensor] = []
            for t in range(len(inputs)):
                gates = inputs[len(inputs) - 1 - t if backwards else t] + torch.linear(h, hidden_weight)
                i, f, g, o = gates.unsafe_chunk(4, 1)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(c)
                outputs.append(h)
            if backwards:
                outputs.reverse()
            return torch.stack(outputs, 1)
        def lstm_by_steps(x, weights: List[Tensor], layers: int, dropout: float, training: bool):
            for layer in range(layers):
                if layer > 0:
                    x = torch.dropout(x, dropout, training)
                w = weights[8 * layer:8 * layer + 8]
                x = torch.cat([lstm_direction(x, w[0], w[1], w[2], w[3], False), lstm_direction(x, w[4], w[5], w[6], w[7], True)], 2)
            return x
        def row_norms(squares, cross, a, b, scale: float):
            change = torch.addmm(cross, torch.mm(a, a.t()), b.t(), beta=2, alpha=scale)
            return torch.sqrt(torch.clamp_min(torch.add(squares, torch.sum(change * b.t(), [0]), alpha=scale), 0))
        def away_from_zero(x, least: float):
            return torch.copysign(torch.clamp_min(torch.abs(x), least), x)
        def mish(x):
            return torch.mish(x)
        def relu6(x):
            return torch.hardtanh(x, 0.0, 6.0)
        def relu_gradient(g, x):
            return torch.threshold_backward(g, x, 0)
        def swish_gradient(g, x):
            return torch.silu_backward(g, x)
        def gelu_gradient(g, x):
            return torch.gelu_backward(g, x, approximate="none")
        def gelu_tanh_gradient(g, x):
            return torch.gelu_backward(g, x, approximate="tanh")
        def tanh_gradient(g, x):
            return torch.tanh_backward(g, torch.tanh(x))
        def sigmoid_gradient(g, x):
            return torch.sigmoid_backward(g, torch.sigmoid(x))
        def leaky_relu_gradient(g, x):
            return torch.leaky_relu_backward(g, x, 0.01, False)
        def relu6_gradient(g, x):
            return torch.hardtanh_backward(g, x, 0.0, 6.0)
        def mish_gradient(g, x):
            return torch.mish_backward(g, x)

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
    internal static Tensor Attention(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, double scale, bool grouped, double dropout = 0) =>
        (Tensor)Unit.invoke("attention", q, k, v, mask!, causal, Scalars.Of(scale), grouped, Scalars.Of(dropout));

    /// <summary>The same in float32 on a CPU, without dropout, with what <see cref="AttentionGradients"/> needs.</summary>
    /// <returns>The output [batch, heads, time, width], and for each query the logarithm of the sum of its exponentials.</returns>
    internal static (Tensor Output, Tensor Sums) AttentionWithSums(Tensor q, Tensor k, Tensor v, Tensor? mask, bool causal, double scale) =>
        ((Tensor, Tensor))Unit.invoke("attention_with_sums", q, k, v, mask!, causal, Scalars.Of(scale));

    /// <summary>The gradients of queries, keys and values from that of the output.</summary>
    internal static Tensor[] AttentionGradients(
        Tensor gradient, Tensor q, Tensor k, Tensor v, Tensor output, Tensor sums, Tensor? mask, bool causal, double scale) =>
        (Tensor[])Unit.invoke("attention_gradients", gradient, q, k, v, output, sums, mask!, causal, Scalars.Of(scale));

    /// <summary>The outputs [batch, time, 2 · hidden] of a bidirectional LSTM.</summary>
    /// <param name="x">Inputs [batch, time, in].</param>
    /// <param name="state">The initial hidden and cell state: zeros [2 · layers, batch, hidden].</param>
    /// <param name="weights">For each layer and direction: input weight, hidden weight, input bias, hidden bias.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="dropout">The probability with which an element between two layers is dropped.</param>
    /// <param name="training">Whether dropout is applied.</param>
    /// <remarks>
    /// On a CPU, the steps are written out. libtorch 2.10 gives float32 to oneDNN, whose LSTM is wrong by up to 0.05 on some processors with AVX-512
    /// (seen on an AMD EPYC; right with ONEDNN_MAX_CPU_ISA=AVX2).
    /// </remarks>
    internal static Tensor Lstm(Tensor x, Tensor state, Tensor[] weights, long layers, double dropout, bool training) =>
        x.device_type == DeviceType.CPU
            ? (Tensor)Unit.invoke("lstm_by_steps", x, weights, Scalars.Of(layers), Scalars.Of(dropout), training)
            : (Tensor)Unit.invoke("lstm", x, state, weights, Scalars.Of(layers), Scalars.Of(dropout), training);

    /// <summary>Root-mean-square normalization of <paramref name="x"/> over its last dimension.</summary>
    internal static Tensor RmsNorm(Tensor x, Tensor weight, double epsilon) =>
        (Tensor)Unit.invoke("rms_norm", x, weight, Scalars.Of(epsilon));

    /// <summary>x · tanh(ln(1 + eˣ)), element by element.</summary>
    internal static Tensor Mish(Tensor x) => (Tensor)Unit.invoke("mish", x);

    /// <summary>min(max(x, 0), 6), element by element. TorchSharp's <c>hardtanh(0, 6)</c> returns its input.</summary>
    internal static Tensor Relu6(Tensor x) => (Tensor)Unit.invoke("relu6", x);

    /// <summary>The gradient of the input of an activation.</summary>
    /// <param name="function">The name of a function above.</param>
    /// <param name="gradient">The gradient of the output.</param>
    /// <param name="x">The input.</param>
    internal static Tensor Gradient(string function, Tensor gradient, Tensor x) => (Tensor)Unit.invoke(function, gradient, x);

    /// <summary>The norms [out] of the rows of <c>W + s B A</c>: <c>‖w‖² + 2 s (A w)·b + s² b·(A Aᵀ) b</c>, under the root.</summary>
    /// <param name="squares">The squares <c>‖w‖²</c> [out].</param>
    /// <param name="cross">The products <c>A Wᵀ</c> [rank, out].</param>
    /// <param name="a"><c>A</c> [rank, in].</param>
    /// <param name="b"><c>B</c> [out, rank].</param>
    /// <param name="scale">The factor <c>s</c>.</param>
    internal static Tensor RowNorms(Tensor squares, Tensor cross, Tensor a, Tensor b, double scale) =>
        (Tensor)Unit.invoke("row_norms", squares, cross, a, b, Scalars.Of(scale));

    /// <summary>The same numbers, of at least an absolute value.</summary>
    internal static Tensor AwayFromZero(Tensor x, double least) => (Tensor)Unit.invoke("away_from_zero", x, Scalars.Of(least));
}
