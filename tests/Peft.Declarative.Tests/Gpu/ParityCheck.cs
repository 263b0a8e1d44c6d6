using Peft.Declarative.Methods;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Gpu;

/// <summary>Adapters of the reference library on the device, in float32: logits, loss and gradients.</summary>
/// <remarks>The reference numbers are a CPU's. A GPU adds in another order, so they agree to 1e-4 and not to the tolerance of each case.</remarks>
internal static class ParityCheck
{
    private const double Tolerance = 1e-4;

    internal static string Run(DeviceCheckOptions options)
    {
        string[] names = [.. ParityTests.All.Where(name => CaseKinds.Of(name) == CaseKind.Adapter)];
        int passed = 0;
        List<string> problems = [];
        foreach (string name in options.IsRehearsal ? names.Where((_, i) => i % 15 == 0) : names)
        {
            try
            {
                passed += Check(name, options.Device) ? 1 : 0;
            }
            catch (Exception error)
            {
                problems.Add($"{name}: {error.Message}");
            }
        }

        return problems.Count == 0
            ? $"{passed} of {names.Length} cases agree to {Tolerance}; the others are other tests' or of methods that are not built"
            : throw new InvalidOperationException($"{problems.Count} cases differ, {passed} agree.\n  {string.Join("\n  ", problems)}");
    }

    // False for a case that another test opens, or of a method or family that is not built.
    private static bool Check(string name, Device device)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        if (RecordedCourses.Has(fixture) || QuantizedBase.Settings(fixture) is not null || fixture.Network is { Count: > 0 })
        {
            return false;
        }

        using DisposeScope scope = NewDisposeScope();
        PretrainedModel model;
        Adapter adapter;
        try
        {
            Unimplemented.Skip(fixture);
            model = ModelCatalog.Load(fixture.ModelFolder, device);
            adapter = Unimplemented.SkipUnlessKnown(() => model.LoadAdapter(fixture.AdapterFolder));
        }
        catch (SkipException)
        {
            return false;
        }

        using (model)
        {
            model.eval();
            Compare(fixture, FixtureModel.Of(model, fixture), adapter, device);
        }

        return true;
    }

    private static void Compare(FixtureCase fixture, FixtureModel kind, Adapter adapter, Device device)
    {
        Dictionary<string, Parameter> parameters = adapter.Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value);
        using (no_grad())
        {
            foreach ((string key, Tensor value) in fixture.Below("param."))
            {
                parameters[fixture.KeyOf(key)].copy_(value);
            }
        }

        Tensor mask = fixture["attention_mask"];
        (Tensor ids, Tensor seen, Tensor labels) = (fixture["input_ids"].to(device), mask.to(device), fixture["labels"].to(device));
        Tensor logits = kind.Logits(ids, seen, labels);
        Assert.Equal(device.type, logits.device_type);
        Close.To(kind.Compared(fixture["logits"], mask), kind.Compared(logits.detach().cpu(), mask), Tolerance, "logits");
        Tensor loss = kind.Loss(adapter, ids, seen, labels);
        Close.To(fixture["loss"].squeeze(), loss, Tolerance, "loss");
        if (DrawnTraining.Has(fixture))
        {
            return;
        }

        loss.backward();
        foreach ((string key, Tensor gradient) in fixture.Below("grad."))
        {
            Close.To(gradient, parameters[fixture.KeyOf(key)].grad!, Tolerance, $"gradient of {key}");
        }
    }
}
