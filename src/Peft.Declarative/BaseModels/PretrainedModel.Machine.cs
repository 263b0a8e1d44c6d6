using Peft.Declarative.Machine;
using static TorchSharp.torch;

namespace Peft.Declarative;

public abstract partial class PretrainedModel
{
    /// <summary>Begins a forward pass, on the number of threads that is fastest for it. One that records gradients is part of a training step, which has begun.</summary>
    /// <param name="ids">The ids of its positions.</param>
    private protected ThreadedWork.Piece BeginForward(Tensor ids) =>
        is_grad_enabled() ? default : ThreadedWork.Begin(WorkKind.Forward, ids.numel(), Config.HiddenSize, Device);
}
