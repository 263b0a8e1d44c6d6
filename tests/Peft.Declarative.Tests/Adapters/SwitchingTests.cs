using Peft.Declarative.Adapters;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Methods;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>Switching between adapters of a model touches only those that come and go, and allocates nothing.</summary>
public sealed class SwitchingTests
{
    private const int Layers = 2;

    // What TorchSharp's registry of parameters allocates to find one that is removed: a delegate and what it captures.
    private const int RegistryBytes = 88;

    [Theory]
    [InlineData("lora", 0)]
    [InlineData("dora", 0)]
    [InlineData("(IA)³", 0)]
    [InlineData("LoHa", 0)]
    [InlineData("prefix", 0)]
    [InlineData("bottleneck", 0)]
    [InlineData("full", 4 * Layers * 2 * RegistryBytes)]   // a parameter is taken from a layer and another is given to it
    public void Activate_OfOneAfterAnother_AllocatesNothing(string method, long most)
    {
        using CausalLanguageModel model = TinyModels.Llama();
        foreach (string name in (string[])["a", "b", "c"])
        {
            Add(model, method, name, active: name == "a");
        }

        Adapter a = model.Adapters["a"], b = model.Adapters["b"];
        string[] one = ["a"], other = ["b"];

        Assert.InRange(Allocated(() =>
        {
            model.Adapters.Activate(one);
            model.Adapters.Activate(other);
            a.Activate();
            b.Activate();
        }), 0, most);
        Assert.Equal([b], model.Adapters.Active);
        Assert.All(b.Tensors, tensor => Assert.True(tensor.Value.requires_grad));
        Assert.All(a.Tensors, tensor => Assert.False(tensor.Value.requires_grad));
    }

    // Around each layer is a list of those that apply, which is that of one adapter if it is alone, and has to be made for several.
    [Fact]
    public void Activate_OfSeveral_AllocatesAsMuchBesideManyAsBesideFew()
    {
        Assert.Equal(Bytes(4), Bytes(40));

        static long Bytes(int count)
        {
            using CausalLanguageModel model = TinyModels.Llama();
            for (int i = 0; i < count; i++)
            {
                Add(model, "lora", $"{i}", active: false);
            }

            string[] ones = ["0", "1"], others = ["2", "3"];
            return Allocated(() =>
            {
                model.Adapters.Activate(ones);
                model.Adapters.Activate(others);
            });
        }
    }

    [Theory]
    [InlineData("Activate")]
    [InlineData("BeginTurn")]
    public void Switch_AmongMany_TouchesOnlyThoseThatComeAndGo(string how)
    {
        Assert.Equal(Touches(2), Touches(60));

        long Touches(int count)
        {
            using CausalLanguageModel model = TinyModels.Llama();
            List<CountedPart> parts = [];
            for (int i = 0; i < count; i++)
            {
                var adapter = new Adapter($"{i}", new LoraConfig());
                parts.Add(new CountedPart(adapter.Name));
                adapter.Add("layer", parts[^1]);
                model.Adapters.Adopt(adapter, active: i == 0);
            }

            parts.ForEach(part => part.Touched = 0);
            foreach (string name in (string[])["1", "0", "1"])
            {
                if (how == "Activate")
                {
                    model.Adapters.Activate(name);
                    Assert.True(model.Adapters[name].IsActive);
                }
                else
                {
                    using ModelTurn turn = model.Adapters.BeginTurn(name);
                    Assert.True(model.Adapters[name].IsActive);
                }
            }

            Assert.All(parts[2..], part => Assert.Equal(0, part.Touched));
            parts.ForEach(part => part.Value.Dispose());
            return parts.Sum(part => part.Touched);
        }
    }

    [Fact]
    public void Active_AfterSwitches_IsInTheOrderOfTheModel_AndStacksInThatOfActivation()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        foreach (string name in (string[])["a", "b", "c", "d"])
        {
            Add(model, "lora", name, active: false);
        }

        model.Adapters.Activate("c", "a", "c");
        Check(["a", "c"], ["c", "a"]);
        model.Adapters.Activate("b", "d");
        Check(["b", "d"], ["b", "d"]);
        model.Adapters.Activate("d", "b");
        Check(["b", "d"], ["d", "b"]);
        model.Adapters.Remove("d");
        Check(["b"], ["b"]);
        Add(model, "lora", "d", active: true);   // beside those that are active
        Check(["b", "d"], ["b", "d"]);
        using (model.Adapters.Disabled())
        {
            Check([], []);
        }

        Check(["b", "d"], ["b", "d"]);
        model.Adapters.Activate();
        Check([], []);

        void Check(string[] active, string[] inOrder)
        {
            Assert.Equal(active, model.Adapters.Active.Select(adapter => adapter.Name));
            Assert.Equal(inOrder, model.Adapters.ActiveInOrder.Select(adapter => adapter.Name));
            Assert.All(model.Adapters, adapter => Assert.Equal(Array.IndexOf(active, adapter.Name) >= 0, adapter.IsActive));
        }
    }

    [Fact]
    public void Activate_OfAnAdapterWhosePartFails_LeavesTheFormerOnesActive()
    {
        using CausalLanguageModel model = TinyModels.Llama();
        foreach (string name in (string[])["a", "b", "c"])
        {
            Add(model, "bottleneck", name, active: false);
        }

        var failing = new FailingPart("c");
        model.Adapters["c"].Add("layer", failing);
        model.Adapters.Average("a", "b");
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        Tensor before = model.Logits(new ModelInput(TinyModels.Ids()));

        Assert.Throws<NotSupportedException>(() => model.Adapters.Activate("c", "a"));

        Assert.Equal(["a", "b"], model.Adapters.ActiveInOrder.Select(adapter => adapter.Name));
        Assert.All(model.Adapters, adapter => Assert.Equal(adapter.Name != "c", adapter.IsActive));
        Assert.All(model.Adapters["c"].Parts, entry => Assert.False(entry.Part.Active));
        Assert.All(model.Adapters["b"].Tensors, tensor => Assert.True(tensor.Value.requires_grad));
        Fixtures.Close.Bits(before, model.Logits(new ModelInput(TinyModels.Ids())), "logits");
        failing.Value.Dispose();
    }

    private static void Add(CausalLanguageModel model, string method, string name, bool active)
    {
        var adapter = new Adapter(name, MethodSample.For(model, ConfigOf(method)));
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter, active);
    }

    private static AdapterConfig ConfigOf(string method) => method switch
    {
        "lora" => new LoraConfig { Rank = 2 },
        "dora" => new DoraConfig { Rank = 2 },
        "(IA)³" => new Ia3Config(),
        "LoHa" => new LoHaConfig { Rank = 2 },
        "prefix" => new PrefixTuningConfig { Tokens = 2 },
        "bottleneck" => new BottleneckConfig { Reduction = 4 },
        _ => new FullFineTuningConfig { Targets = ["q_proj"] },
    };

    // Of the last of several runs, when all is compiled and in place.
    private static long Allocated(Action run)
    {
        long bytes = 0;
        for (int i = 0; i < 4; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        return bytes;
    }

    private sealed class FailingPart(string adapter) : IAdapterPart
    {
        internal Parameter Value { get; } = new(ones(1));

        public string AdapterName => adapter;

        public bool Active
        {
            get => false;
            set => _ = value ? throw new NotSupportedException() : value;
        }

        public IEnumerable<AdapterTensor> TensorsAt(string path) => [new AdapterTensor(path, Value)];
    }

    private sealed class CountedPart(string adapter) : IAdapterPart
    {
        internal Parameter Value { get; } = new(ones(1));

        internal long Touched { get; set; }

        public string AdapterName => adapter;

        public bool Active
        {
            get
            {
                Touched++;
                return field;
            }

            set
            {
                Touched++;
                field = value;
            }
        } = true;

        public IEnumerable<AdapterTensor> TensorsAt(string path)
        {
            Touched++;
            return [new AdapterTensor(path, Value)];
        }
    }
}
