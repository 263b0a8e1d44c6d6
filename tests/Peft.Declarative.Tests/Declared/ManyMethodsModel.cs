using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Peft.Declarative.Tests.Declared;

/// <summary>A user's own model with a method on each of its layers: all that sit on layers, side by side.</summary>
[Training(LearningRate = 0.02, Epochs = 4, BatchSize = 2, Accumulate = 2)]
internal sealed partial class ManyMethodsModel : Module<Tensor, Tensor>
{
    private readonly Embedding table = Embedding(16, 8);

    [AdaLora(initialRank: 4, targetRank: 2)]
    private Module<Tensor, Tensor> first = Linear(8, 8);

    [AdaLora(initialRank: 4, targetRank: 2)]
    private Module<Tensor, Tensor> second = Linear(8, 8);

    [Dora(rank: 2)]
    private Module<Tensor, Tensor> third = Linear(8, 8);

    [Ia3]
    private Module<Tensor, Tensor> up = Linear(8, 12);

    [Ia3(ScalesInput = true)]
    private Module<Tensor, Tensor> down = Linear(12, 8);

    [LayerNormTuning]
    private Module<Tensor, Tensor> norm = LayerNorm(8);

    [Vera(rank: 6)]
    private Module<Tensor, Tensor> lm_head = Linear(8, 16);

    internal ManyMethodsModel()
        : base(nameof(ManyMethodsModel)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = table.call(input);
        hidden = hidden + third.call(second.call(first.call(hidden)));
        hidden = hidden + down.call(up.call(hidden));
        return lm_head.call(norm.call(hidden)).MoveToOuterDisposeScope();
    }
}
