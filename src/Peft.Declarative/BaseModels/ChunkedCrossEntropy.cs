using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Computes the sum of the cross entropies of a head's predictions in chunks, so that the logits of all rows are never in memory at once. For each
/// chunk, the forward pass computes the logits, the loss and the gradient of the hidden states, and keeps only that gradient. Nothing is computed
/// twice. With a large vocabulary, the logits and their copies would otherwise use most of the memory of a training step.
/// </summary>
internal sealed class ChunkedCrossEntropy : autograd.SingleTensorFunction<ChunkedCrossEntropy>
{
    private const long LeastRows = 64;

    // The logits of a chunk use 32 MiB of float32 on CPUs and 256 MiB on other devices. Smaller chunks would make the products slower.
    private const long ElementsOnCpu = 1 << 23;
    private const long ElementsElsewhere = 1 << 26;

    public override string Name => nameof(ChunkedCrossEntropy);

    /// <summary>Computes the sum, a float32 scalar.</summary>
    /// <param name="hidden">The hidden states [rows, hidden].</param>
    /// <param name="targets">The labels, int64 [rows]. −100 is ignored.</param>
    /// <param name="head">Computes logits [1, rows, vocabulary] from hidden states [1, rows, hidden].</param>
    internal static Tensor Sum(Tensor hidden, Tensor targets, Func<Tensor, Tensor> head)
    {
        using DisposeScope scope = NewDisposeScope();
        using Tensor none = hidden.narrow(0, 0, 0).detach();
        Tensor probe = head(none.unsqueeze(0));   // without rows: determines the width of the logits and whether the head is trained
        long elements = hidden.device.type == DeviceType.CPU ? ElementsOnCpu : ElementsElsewhere;
        long rows = Math.Max(LeastRows, elements / probe.size(-1));

        // The gradients of a trained head must be scaled by the gradient of the sum, which is not known in the forward pass.
        Tensor sum = is_grad_enabled() && !probe.requires_grad && hidden.requires_grad
            ? apply(hidden, targets, head, rows)
            : Pieces(hidden, targets, rows).Select(piece => Loss(piece.Hidden, piece.Targets, head)).Aggregate((a, b) => a.add(b, Scalars.One));
        return sum.MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable recording = enable_grad();
        var (hidden, targets, head) = ((Tensor)vars[0], (Tensor)vars[1], (Func<Tensor, Tensor>)vars[2]);
        Tensor gradient = empty_like(hidden);
        Tensor sum = zeros([], dtype: ScalarType.Float32, device: hidden.device);
        long start = 0;
        foreach ((Tensor part, Tensor labels) in Pieces(hidden, targets, (long)vars[3]))
        {
            using DisposeScope pieceScope = NewDisposeScope();
            Tensor leaf = part.detach().requires_grad_(true);
            Tensor logits = head(leaf.unsqueeze(0));
            (Tensor loss, Tensor scores) = SoftmaxLoss.WithGradient(logits.detach().squeeze(0), labels);
            autograd.backward([logits], [scores.to(logits.dtype).unsqueeze(0)]);
            gradient.narrow(0, start, leaf.size(0)).copy_(leaf.grad!);
            sum.add_(loss, Scalars.One);
            start += leaf.size(0);
        }

        // The tensor is saved after this method returns, so it must outlive this dispose scope. The scope of Sum disposes it.
        ctx.save_for_backward([gradient.MoveToOuterDisposeScope()]);
        return sum.MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor gradient = ctx.get_saved_variables()[0];
        return [gradient.mul(grad_output.to(gradient.dtype)).MoveToOuterDisposeScope(), null!, null!, null!];
    }

    private static Tensor Loss(Tensor hidden, Tensor targets, Func<Tensor, Tensor> head)
    {
        Tensor logits = head(hidden.unsqueeze(0)).squeeze(0).to(ScalarType.Float32);
        return nn.functional.cross_entropy(logits, targets, ignore_index: Losses.Ignored, reduction: nn.Reduction.Sum);
    }

    private static IEnumerable<(Tensor Hidden, Tensor Targets)> Pieces(Tensor hidden, Tensor targets, long rows)
    {
        for (long start = 0; start < hidden.size(0); start += rows)
        {
            long count = Math.Min(rows, hidden.size(0) - start);
            yield return (hidden.narrow(0, start, count), targets.narrow(0, start, count));
        }
    }
}
