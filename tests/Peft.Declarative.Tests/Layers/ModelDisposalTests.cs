using System.Diagnostics;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Methods;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Linear = Peft.Declarative.Layers.Linear;

namespace Peft.Declarative.Tests.Layers;

/// <summary>
/// What a model leaves behind. Tensor.TotalCount cannot tell: it counts a tensor whose handle a Parameter has taken over for ever. So memory is
/// measured, with models so large that a lost one shows.
/// </summary>
public sealed class ModelDisposalTests
{
    private const int Models = 30;
    private const long ModelBytes = 16 << 20;

    [Fact]
    public void Dispose_ManyTrainedModels_GivesTheirMemoryBack()
    {
        TrainAndDispose();
        long before = Resident();

        for (int i = 0; i < Models; i++)
        {
            TrainAndDispose();
        }

        Assert.InRange(Resident() - before, long.MinValue, Models * ModelBytes / 4);
    }

    [Fact]
    public void Weight_SetOnAPlaceholder_FreesIt()
    {
        using var layer = new Linear(2, 2, hasBias: false);
        Parameter placeholder = layer.weight;

        layer.weight = new Parameter(zeros(2, 2), requires_grad: false);

        Assert.True(placeholder.IsInvalid);
    }

    private static void TrainAndDispose()
    {
        LlamaConfig wide = TinyModels.LlamaConfig with { VocabularySize = (int)(ModelBytes / sizeof(float) / 2 / TinyModels.LlamaConfig.HiddenSize) };
        using LlamaForCausalLM model = LlamaForCausalLM.FromConfig(wide);
        using DisposeScope scope = NewDisposeScope();
        Invariants.Attach(model, "lora");
        model.train();
        TinyFamilies.Outputs(model).sum().backward();
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
