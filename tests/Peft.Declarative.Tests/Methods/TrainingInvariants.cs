using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>What must hold for every method on every family while it is trained.</summary>
public sealed class TrainingInvariants
{
    private const int WarmUp = 2;
    private const int Steps = 4;

    public static TheoryData<string, string> Rows => Invariants.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public void Backward_RowByRow_AddsUpToTheWholeBatch(string family, string method)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        using DisposeScope scope = NewDisposeScope();
        Adapter adapter = Invariants.Attach(model, method);
        Invariants.Perturb(adapter);
        Tensor ids = TinyModels.Ids();

        TinyFamilies.Outputs(model, ids).square().sum().backward();
        Dictionary<string, Tensor> whole = TakeGradients(adapter);
        Dictionary<string, Tensor>[] rows = [.. Enumerable.Range(0, (int)ids.size(0)).Select(row =>
        {
            TinyFamilies.Outputs(model, ids.narrow(0, row, 1)).square().sum().backward();
            return TakeGradients(adapter);
        })];

        foreach ((string name, Tensor expected) in whole)
        {
            // Rounding is relative to what is added up, which is larger than a sum of rows with different signs.
            Tensor parts = stack(rows.Select(row => row[name]));
            double size = Math.Max(parts.abs().sum(dim: 0).max().item<float>(), 1);
            Close.To(expected / size, parts.sum(dim: 0) / size, 2e-5, name);
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Steps_Repeated_KeepNoTensor(string family, string method)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        Adapter adapter = Invariants.Attach(model, method);
        model.train();
        Run(model, adapter, WarmUp);
        long before = LiveTensors.CountAfterCollection();

        Run(model, adapter, Steps);

        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    private static Dictionary<string, Tensor> TakeGradients(Adapter adapter)
    {
        var gradients = adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.grad!.clone());
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            tensor.Value.grad = null;
        }

        return gradients;
    }

    private static void Run(PretrainedModel model, Adapter adapter, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            TinyFamilies.Outputs(model).square().mean().backward();
            using IDisposable untracked = no_grad();
            foreach (AdapterTensor tensor in adapter.Tensors)
            {
                tensor.Value.sub_(tensor.Value.grad! * 1e-3);
                tensor.Value.grad = null;
            }
        }
    }
}
