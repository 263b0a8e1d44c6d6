using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Peft.Declarative.Tests.Declared;

/// <summary>A model that knows nothing of families: a bag of neighbours that predicts the next token. Adapters on members and on blocks.</summary>
[Lora(rank: 2, Name = "wide", Targets = ["mix"])]
[Training(LearningRate = 0.02, Epochs = 2, BatchSize = 4)]
internal sealed partial class OwnModel : Module<Tensor, Tensor>
{
    private readonly Embedding table = Embedding(16, 8);
    private readonly ModuleList<OwnBlock> blocks = new(new OwnBlock(), new OwnBlock());

    [Lora(rank: 3, Alpha = 6)]
    private Module<Tensor, Tensor> lm_head = Linear(8, 16);

    internal OwnModel()
        : base(nameof(OwnModel)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = table.call(input);
        foreach (OwnBlock block in blocks)
        {
            hidden = hidden + block.call(hidden);
        }

        return lm_head.call(hidden).MoveToOuterDisposeScope();
    }
}
