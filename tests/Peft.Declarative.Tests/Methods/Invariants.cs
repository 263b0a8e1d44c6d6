using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Fixtures;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>What must hold for every method on every family, written once. A row is a method's config on a family.</summary>
public sealed class Invariants
{
    internal static readonly Dictionary<string, MethodSample> Samples = MethodSamples.All.ToDictionary(sample => sample.Name);

    public static TheoryData<string, string> Rows { get; } = Table();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Attach_BeforeFirstStep_LeavesOutputsUnchanged(string family, string method)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        using DisposeScope scope = NewDisposeScope();
        Tensor before = TinyFamilies.Outputs(model);
        Attach(model, method);

        if (Samples[method].StartsElsewhere)
        {
            Assert.False(before.allclose(TinyFamilies.Outputs(model)));
            return;
        }

        Close.To(before, TinyFamilies.Outputs(model), model.Config.TiesHead ? Samples[method].TiedStartTolerance : 0, "logits");
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Step_OnAnyMethod_ChangesAllOfTheAdapterAndNoneOfTheBase(string family, string method)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> before = Base(model);
        Adapter adapter = Attach(model, method);
        Perturb(adapter);

        TinyFamilies.Outputs(model).square().mean().backward();

        Assert.All(adapter.Tensors, tensor => Assert.True(
            tensor.Value.grad is { } grad && (grad.abs().sum().item<float>() > 0 || Samples[method].ZeroGradients.Any(tensor.Key.EndsWith)), tensor.Key));
        Step(adapter);
        using (model.Adapters.Disabled())
        {
            foreach ((string name, Tensor value) in Base(model))
            {
                Close.Bits(before[name], value, name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Disabled_AfterTraining_GivesTheBase(string family, string method)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        using DisposeScope scope = NewDisposeScope();
        Tensor before = TinyFamilies.Outputs(model);
        Perturb(Attach(model, method));
        Tensor adapted = TinyFamilies.Outputs(model);

        Assert.False(before.allclose(adapted));
        using (model.Adapters.Disabled())
        {
            Close.Bits(before, TinyFamilies.Outputs(model), "logits while disabled");
        }

        Close.Bits(adapted, TinyFamilies.Outputs(model), "logits after");
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Merge_OfTrainedAdapter_KeepsOutputsAndComesOutAgain(string family, string method)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        using DisposeScope scope = NewDisposeScope();
        Dictionary<string, Tensor> before = Base(model);
        Adapter adapter = Attach(model, method);
        Perturb(adapter);
        Tensor adapted = TinyFamilies.Outputs(model);
        if (!Samples[method].Merges)
        {
            Assert.Equal("PEFT306", Assert.Throws<PeftException>(model.Merge).Id);
            return;
        }

        model.Merge(dequantize: true);   // which only bases in 4 bits need
        Assert.True(adapter.IsMerged);

        // A tied head sees a merged embedding but not an adapted one, in the reference library too.
        if (!(model.Config.TiesHead && Samples[method].SitsOnEmbedding))
        {
            Close.To(adapted, TinyFamilies.Outputs(model), 2e-4, "logits while merged");
        }

        model.Unmerge();
        Close.Bits(adapted, TinyFamilies.Outputs(model), "logits after unmerging");
        using (model.Adapters.Disabled())
        {
            foreach ((string name, Tensor value) in Base(model))
            {
                Close.Bits(before[name], value, name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void SaveAndLoad_OnAFreshModel_GivesTheSameOutputs(string family, string method)
    {
        string folder = Directory.CreateTempSubdirectory("peft-invariants-").FullName;
        try
        {
            using DisposeScope scope = NewDisposeScope();
            using PretrainedModel model = TinyFamilies.Make(family);
            Perturb(Attach(model, method));
            model.SaveAdapter(folder);

            using PretrainedModel fresh = TinyFamilies.Make(family);
            AttachMembers(fresh, method);
            fresh.LoadAdapter(folder, "other");

            Close.Bits(TinyFamilies.Outputs(model), TinyFamilies.Outputs(fresh), "logits");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Attach_WithTheSameSeed_StartsTheSame(string family, string method)
    {
        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel first = TinyFamilies.Make(family);
        using PretrainedModel second = TinyFamilies.Make(family);
        random.manual_seed(7);
        Adapter one = Attach(first, method);
        random.manual_seed(7);
        Adapter two = Attach(second, method);

        foreach ((AdapterTensor a, AdapterTensor b) in one.Tensors.Zip(two.Tensors))
        {
            Close.Bits(a.Value, b.Value, a.Key);
        }
    }

    private static TheoryData<string, string> Table()
    {
        var rows = new TheoryData<string, string>();
        foreach (string family in TinyFamilies.Names)
        {
            foreach (MethodSample sample in MethodSamples.All.Where(sample => sample.Families.Contains(family)))
            {
                rows.Add(family, sample.Name);
            }
        }

        return rows;
    }

    internal static Adapter Attach(PretrainedModel model, string method, string name = "default")
    {
        AttachMembers(model, method);
        return Attach(model, Samples[method].Config, name);
    }

    /// <summary>Puts what a method blends on a model, at rest and the same on every model, unless it is there.</summary>
    internal static void AttachMembers(PretrainedModel model, string method)
    {
        foreach ((string name, AdapterConfig config) in Samples[method].Members.Where(member => model.Adapters.All(adapter => adapter.Name != member.Key)))
        {
            random.manual_seed(name[0]);
            Adapter member = Attach(model, config, name);
            Perturb(member);
            model.Adapters.Activate([.. model.Adapters.Active.Where(adapter => adapter != member).Select(adapter => adapter.Name)]);
        }
    }

    /// <summary>Names of what a method blends.</summary>
    internal static IEnumerable<string> Members(string method) => Samples[method].Members.Keys;

    internal static Adapter Attach(PretrainedModel model, AdapterConfig config, string name)
    {
        var adapter = new Adapter(name, MethodSample.For(model, config));
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        return adapter;
    }

    // Away from the start, where half of the tensors are zero and so half of the gradients.
    internal static void Perturb(Adapter adapter)
    {
        using IDisposable untracked = no_grad();
        random.manual_seed(adapter.Name.Length);
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            tensor.Value.add_(randn_like(tensor.Value).mul_(0.05));
        }
    }

    private static void Step(Adapter adapter)
    {
        using IDisposable untracked = no_grad();
        foreach (AdapterTensor tensor in adapter.Tensors)
        {
            tensor.Value.sub_(tensor.Value.grad!);
        }
    }

    private static Dictionary<string, Tensor> Base(PretrainedModel model) => SlotTree.Layers(model)
        .SelectMany(place => new (string Name, Parameter? Value)[] { ($"{place.Path}.weight", place.Base!.weight), ($"{place.Path}.bias", place.Base.BaseBias) })
        .Where(entry => entry.Value is not null)
        .ToDictionary(entry => entry.Name, entry => entry.Value!.detach().clone());
}
