using Peft.Declarative.Layers;
using Peft.Declarative.Machine;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Training;

/// <summary>What a run asks of the machine.</summary>
internal static class RunMachine
{
    private const int Rows = 64;   // whose lengths are read

    /// <summary>The choice of the machine for a run, as one line; <see langword="null"/> on a GPU, where there is nothing to choose.</summary>
    internal static string? Line(ITrainable model, TrainingPlan plan, TrainingData data)
    {
        if (model.Device.type != DeviceType.CPU)
        {
            return null;
        }

        int seen = Math.Min(Rows, data.RowSet.Count);
        double length = Enumerable.Range(0, seen).Sum(i => Math.Min(plan.MaxLength, data.RowSet.Length(i))) / (double)seen;
        return MachineChoice.Line((long)(plan.BatchSize * length), Width(model), AllowsBFloat16(model));
    }

    /// <summary>The number of features of the hidden states.</summary>
    internal static long Width(ITrainable model) => model is PretrainedModel { Config: var config } ? config.HiddenSize : 1;

    /// <summary>Whether products with frozen weights may be computed in bfloat16.</summary>
    internal static bool AllowsBFloat16(ITrainable model) =>
        model is PretrainedModel pretrained && SlotTree.Layers(pretrained).Any(slot => slot.Base is WeightLayer { MultipliesInBFloat16: true });
}
