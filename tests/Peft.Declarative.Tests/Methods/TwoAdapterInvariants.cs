using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods;

/// <summary>What must hold for every method on every family if a model has two adapters of it.</summary>
public sealed class TwoAdapterInvariants
{
    [Theory]
    [MemberData(nameof(Invariants.Rows), MemberType = typeof(Invariants))]
    public void Activate_OneOfTwoAdapters_DoesNotMixThem(string family, string method)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        using DisposeScope scope = NewDisposeScope();
        Invariants.Perturb(Invariants.Attach(model, method, "elon"));
        Tensor elon = TinyFamilies.Outputs(model);
        Invariants.Perturb(Invariants.Attach(model, method, "ada"));

        model.Adapters["ada"].Activate();
        Tensor ada = TinyFamilies.Outputs(model);
        model.Adapters["elon"].Activate();

        Assert.False(elon.allclose(ada));
        Close.Bits(elon, TinyFamilies.Outputs(model), "logits of the first adapter");
    }

    [Theory]
    [MemberData(nameof(Invariants.Rows), MemberType = typeof(Invariants))]
    public void Remove_FirstOfTwoAdapters_LeavesTheSecond(string family, string method)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        using DisposeScope scope = NewDisposeScope();
        Tensor before = TinyFamilies.Outputs(model);
        Invariants.Perturb(Invariants.Attach(model, method, "elon"));
        Invariants.Perturb(Invariants.Attach(model, method, "ada"));
        model.Adapters["ada"].Activate();
        Tensor ada = TinyFamilies.Outputs(model);

        model.Adapters.Remove("elon");
        Close.Bits(ada, TinyFamilies.Outputs(model), "logits of the second adapter");

        model.Adapters.Remove("ada");
        Close.Bits(before, TinyFamilies.Outputs(model), "logits without adapters");
        Assert.Equal(Invariants.Members(method), model.Adapters.Select(adapter => adapter.Name));
    }
}
