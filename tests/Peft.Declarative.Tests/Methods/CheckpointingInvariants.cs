using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>Gradient checkpointing changes no gradient, of any method on any family.</summary>
public sealed class CheckpointingInvariants
{
    [Theory]
    [MemberData(nameof(Invariants.Rows), MemberType = typeof(Invariants))]
    public void Checkpointing_WithDropout_GivesTheSameGradients(string family, string method)
    {
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> plain = Gradients(family, method, Checkpointing.None);
        foreach (Checkpointing level in new[] { Checkpointing.Selective, Checkpointing.Full })
        {
            // The gradients of a block that runs again meet in another order, and two blocks pass their rounding on.
            foreach ((string key, Tensor gradient) in Gradients(family, method, level))
            {
                Close.UpToRounding(plain[key], gradient, $"{level}: {key}", 2e-6);
            }
        }
    }

    private static Dictionary<string, Tensor> Gradients(string family, string method, Checkpointing level)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        Invariants.AttachMembers(model, method);
        random.manual_seed(3);
        Adapter adapter = Invariants.Attach(model, Invariants.Samples[method].WithDropout, "default");
        Invariants.Perturb(adapter);
        model.train();
        model.Checkpointing = level;
        random.manual_seed(5);
        TinyFamilies.Outputs(model).square().mean().backward();
        return adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.grad!.clone());
    }
}
