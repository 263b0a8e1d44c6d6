using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>
/// Computes the sum of the cross entropies of a head's predictions in chunks, so that the logits of all rows are never in memory at once. For each
/// chunk, the forward pass computes the logits, the loss and its gradients, and keeps only those of the hidden states and, summed up, those of what the
/// head trains. Nothing is computed twice. With a large vocabulary, the logits and their copies would otherwise use most of the memory of a training step.
/// </summary>
internal sealed class ChunkedCrossEntropy : autograd.SingleTensorFunction<ChunkedCrossEntropy>
{
    private const long LeastRows = 64;
    private const int FirstTrained = 4;   // among the arguments of the function

    // The logits of a chunk use 16 MiB of float32 on CPUs and 256 MiB on other devices, and with gradient checkpointing, where time is paid for memory, half of
    // it. Smaller chunks would make the products slower.
    private const long ElementsOnCpu = 1 << 22;
    private const long ElementsElsewhere = 1 << 26;

    public override string Name => nameof(ChunkedCrossEntropy);

    /// <summary>Computes the sum, a float32 scalar.</summary>
    /// <param name="hidden">The hidden states [rows, hidden].</param>
    /// <param name="targets">The labels, int64 [rows]. −100 is ignored.</param>
    /// <param name="head">Computes logits [1, rows, vocabulary] from hidden states [1, rows, hidden].</param>
    /// <param name="leaves">All tensors that the head could train; enumerated only if it trains any.</param>
    /// <param name="halves">Whether chunks are half as large. The default is <see langword="false"/>.</param>
    internal static Tensor Sum(Tensor hidden, Tensor targets, Func<Tensor, Tensor> head, IEnumerable<Tensor> leaves, bool halves = false)
    {
        using DisposeScope scope = NewDisposeScope();
        using Tensor none = hidden.narrow(0, 0, 0).detach();
        Tensor probe = head(none.unsqueeze(0));   // without rows: determines the width of the logits and whether the head is trained
        long elements = hidden.device.type == DeviceType.CPU ? ElementsOnCpu : ElementsElsewhere;
        long rows = Math.Max(LeastRows, (halves ? elements / 2 : elements) / probe.size(-1));
        Tensor[] trained = probe.requires_grad ? SeparateGradients.UsedBy(probe, leaves) : [];

        // A head that trains what is in no list, such as a tensor of a user's own, is left to autograd: this function would give that a wrong gradient.
        Tensor sum = is_grad_enabled() && (probe.requires_grad ? !SeparateGradients.AreTrainedBesides(trained, () => head(none.unsqueeze(0))) : hidden.requires_grad)
            ? apply([hidden, targets, head, rows, .. trained])
            : Loss(hidden, targets, head, rows);
        return sum.MoveToOuterDisposeScope();
    }

    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable recording = enable_grad();
        var (hidden, targets, head) = ((Tensor)vars[0], (Tensor)vars[1], (Func<Tensor, Tensor>)vars[2]);
        Tensor[] leaves = Array.ConvertAll(vars[FirstTrained..], static leaf => (Tensor)leaf);
        using var trained = new SeparateGradients(leaves);
        Tensor? gradient = hidden.requires_grad ? empty_like(hidden) : null;
        Tensor sum = zeros([], dtype: ScalarType.Float32, device: hidden.device);
        long start = 0;
        foreach ((Tensor part, Tensor labels) in Pieces(hidden, targets, (long)vars[3]))
        {
            using DisposeScope pieceScope = NewDisposeScope();
            Tensor leaf = part.detach().requires_grad_(hidden.requires_grad);
            Tensor logits = head(leaf.unsqueeze(0));
            (Tensor loss, Tensor scores) = SoftmaxLoss.WithGradient(logits.detach().squeeze(0), labels);
            autograd.backward([logits], [scores.to(logits.dtype).unsqueeze(0)]);
            gradient?.narrow(0, start, leaf.size(0)).copy_(leaf.grad!);
            sum.add_(loss, Scalars.One);
            start += leaf.size(0);
        }

        // The tensors are saved after this method returns, so they must outlive this dispose scope. The scope of Sum disposes them.
        List<Tensor> gradients = gradient is null ? [] : [gradient.MoveToOuterDisposeScope()];
        Tensor?[] sums = trained.Take();
        for (int i = 0; i < sums.Length; i++)
        {
            Tensor own = sums[i] ?? zeros_like(leaves[i]);   // without rows, nothing has a gradient
            gradients.Add(own.MoveToOuterDisposeScope());
        }

        ctx.save_data(nameof(hidden), gradient is not null);
        ctx.save_for_backward(gradients);
        return sum.MoveToOuterDisposeScope();
    }

    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        using DisposeScope scope = NewDisposeScope();
        bool hasHidden = (bool)ctx.get_data("hidden");
        List<Tensor> gradients = ctx.get_saved_variables();
        for (int i = 0; i < gradients.Count; i++)
        {
            gradients[i] = gradients[i].mul(grad_output.to(gradients[i].dtype));
        }

        return FunctionMemory.EndBackward(
            grad_output, hasHidden ? [gradients[0], null!, null!, null!, .. gradients[1..]] : [null!, null!, null!, null!, .. gradients]);
    }

    // Without gradients, or with those of autograd, which keeps all logits.
    private static Tensor Loss(Tensor hidden, Tensor targets, Func<Tensor, Tensor> head, long rows)
    {
        Tensor sum = zeros([], dtype: ScalarType.Float32, device: hidden.device);
        foreach ((Tensor part, Tensor labels) in Pieces(hidden, targets, rows))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor logits = head(part.unsqueeze(0)).squeeze(0).to(ScalarType.Float32);
            sum.add_(nn.functional.cross_entropy(logits, labels, ignore_index: Losses.Ignored, reduction: nn.Reduction.Sum), Scalars.One);
        }

        return sum;
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
