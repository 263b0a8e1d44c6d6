using Peft.Declarative.Machine;
using static TorchSharp.torch;

namespace Peft.Declarative;

public abstract partial class PretrainedModel
{
    /// <summary>
    /// Begins a forward pass of generation, on the number of threads that is fastest for it. Other passes keep the number that there is, because another one can
    /// change the last bits: losses can be compared, and a model without adapters is its base bit for bit.
    /// </summary>
    /// <param name="ids">The ids of its positions.</param>
    internal ThreadedWork.Piece BeginForward(Tensor ids) => ThreadedWork.Begin(WorkKind.Forward, ids.numel(), Config.HiddenSize, Device);
}
