using Peft.Declarative.Adapters.Pool;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

public sealed class AdapterPoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("peft-pool-").FullName;
    private readonly CausalLanguageModel _model = TinyModels.Llama();

    public AdapterPoolTests()
    {
        foreach (string name in new[] { "ada", "captain", "pip", "poet" })
        {
            Write(name, seed: name.Length);
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Rent_BeyondTheCapacity_KeepsThoseUsedLast()
    {
        AdapterPool pool = await PoolOf(2);
        pool.Pin("poet");

        foreach (string name in new[] { "poet", "ada", "captain", "pip" })
        {
            (await pool.RentAsync(name)).Dispose();
        }

        Assert.Equal(["ada", "captain", "pip", "poet"], pool.Names);
        Assert.Equal(["pip", "poet"], pool.Resident);
        Assert.Equal(["pip", "poet"], _model.Adapters.Select(adapter => adapter.Name).Order());
        Assert.Empty(_model.Adapters.Active);
        Assert.InRange(pool.ResidentBytes, 1, pool.Capacity);
    }

    [Fact]
    public async Task Rent_FromManyThreads_LoadsOnOne()
    {
        AdapterPool pool = await PoolOf(4);
        long before = await LoadingThread.RunAsync(() => LiveTensors.OfThisThread);

        await Task.WhenAll(new[] { "ada", "captain", "pip", "poet" }.Select(name => Task.Run(async () => (await pool.RentAsync(name)).Dispose())));

        long tensors = _model.Adapters.Sum(adapter => adapter.Tensors.Count);
        Assert.True(await LoadingThread.RunAsync(() => LiveTensors.OfThisThread) - before >= tensors, "adapters were made on other threads");
    }

    [Fact]
    public async Task Rent_WhileOthersAreRented_KeepsThem()
    {
        AdapterPool pool = await PoolOf(1);
        using AdapterLease ada = await pool.RentAsync("ada"), captain = await pool.RentAsync("captain");

        (await pool.RentAsync("pip")).Dispose();

        Assert.All(new[] { "ada", "captain" }, name => Assert.Contains(name, _model.Adapters.Select(adapter => adapter.Name)));
        using AdapterLease again = await pool.RentAsync("ada");
        Assert.Same(ada.Adapter, again.Adapter);
    }

    [Fact]
    public async Task Rent_OfFilesThatWereReplaced_IsTheNewOne_WhileTheFormerEndsInPeace()
    {
        AdapterPool pool = await PoolOf(4);
        AdapterLease before = await pool.RentAsync("captain");
        using var batch = new ContinuousBatch(_model);
        var options = new GenerationOptions { MaxNewTokens = 12, EosTokenIds = [] };
        BatchRow old = batch.Add([5, 9, 3], before.Name, options);
        batch.Step();

        int[] expected = Alone("captain", options);
        Write("captain", seed: 40);
        using AdapterLease after = await pool.RentAsync("captain");
        BatchRow fresh = batch.Add([5, 9, 3], after.Name, options);
        while (batch.Count > 0)
        {
            batch.Step();
        }

        Assert.NotEqual(before.Name, after.Name);
        Assert.Equal(expected, old.NewTokens);
        Assert.Equal(Alone("captain", options), fresh.NewTokens);
        Assert.NotEqual(old.NewTokens, fresh.NewTokens);
        before.Dispose();
        await pool.RemoveAsync("nobody");   // waits for what goes on in the background
        Assert.Equal([after.Name], _model.Adapters.Select(adapter => adapter.Name));
    }

    [Fact]
    public async Task Rent_OfFilesThatWereDamaged_IsTheFormer_UntilTheyAreRepaired()
    {
        AdapterPool pool = await PoolOf(4);
        using AdapterLease before = await pool.RentAsync("captain");
        string weights = Path.Combine(_folder, "captain", "adapter_model.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^40]);

        using AdapterLease meanwhile = await pool.RentAsync("captain"), still = await pool.RentAsync("captain");
        Assert.Same(before.Adapter, meanwhile.Adapter);
        Assert.Same(before.Adapter, still.Adapter);
        Assert.Contains("captain", pool.Problems.Keys);

        Write("captain", seed: 41);
        using AdapterLease after = await pool.RentAsync("captain");
        Assert.NotSame(before.Adapter, after.Adapter);
        Assert.Empty(pool.Problems);
    }

    [Fact]
    public async Task Rent_OfWhatCannotBeLoaded_SaysWhy()
    {
        AdapterPool pool = await PoolOf(4);
        File.WriteAllText(Path.Combine(_folder, "pip", "adapter_config.json"), "{");

        PeftException unknown = await Assert.ThrowsAsync<PeftException>(() => pool.RentAsync("captian"));
        PeftException broken = await Assert.ThrowsAsync<PeftException>(() => pool.RentAsync("pip"));
        await Assert.ThrowsAsync<PeftException>(() => pool.RentAsync("../poet"));

        Assert.Equal("PEFT703", unknown.Id);
        Assert.Contains("Did you mean 'captain'?", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(broken.Message, pool.Problems["pip"]);
        Assert.Empty(_model.Adapters);
    }

    [Fact]
    public async Task Check_ReadsWithoutLoading()
    {
        AdapterPool pool = await PoolOf(4);
        File.WriteAllText(Path.Combine(_folder, "pip", "adapter_config.json"), "{");

        pool.Check("pip");
        pool.Check("ada");

        Assert.Equal(["pip"], pool.Problems.Keys);
        Assert.Empty(_model.Adapters);
    }

    [Fact]
    public async Task Rent_ByManyAtOnce_GivesEachItsOwn()
    {
        AdapterPool pool = await PoolOf(2);
        string[] names = [.. pool.Names];
        var options = new GenerationOptions { MaxNewTokens = 5, EosTokenIds = [] };
        Dictionary<string, int[]> expected = names.ToDictionary(name => name, name => Alone(name, options));

        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(async () =>
        {
            for (int i = 0; i < 12; i++)
            {
                string name = names[(i * 7 + worker) % names.Length];
                using AdapterLease lease = await pool.RentAsync(name);
                using Tensor ids = tensor(new long[,] { { 5, 9, 3 } });
                using GenerationResult result = new TextGenerator(_model).Run(ids, null, options, adapters: [lease.Name]);
                Assert.Equal(expected[name], result.NewTokens(0));
            }
        })));

        await pool.RemoveAsync("nobody");
        Assert.InRange(pool.ResidentBytes, 1, pool.Capacity);
        Assert.Equal(pool.Resident, _model.Adapters.Select(adapter => adapter.Name).Order());
    }

    [Fact]
    public async Task Adapters_ThatComeAndGo_LeaveNoFreeMemoryInTheProcess()
    {
        int returned = 0;
        long size = await SizeOfOne();
        var pool = new AdapterPool(_model.Adapters, _folder) { Capacity = size, LeastMoved = 4 * size, ReturnFreedMemory = () => returned++ };
        List<int> after = [];

        foreach (string name in new[] { "ada", "captain", "pip", "poet", "ada", "captain" })
        {
            (await pool.RentAsync(name)).Dispose();
            after.Add(returned);
        }

        Assert.Equal([0, 0, 1, 1, 1, 2], after);   // the first comes; each of the others comes and sends one away
    }

    // With room for a number of adapters, which all have the same size.
    private async Task<AdapterPool> PoolOf(int count) => new(_model.Adapters, _folder) { Capacity = count * await SizeOfOne() };

    private async Task<long> SizeOfOne()
    {
        var measuring = new AdapterPool(_model.Adapters, _folder);
        (await measuring.RentAsync("ada")).Dispose();
        long size = measuring.ResidentBytes;
        await measuring.RemoveAsync("ada");
        return size;
    }

    private void Write(string name, int seed)
    {
        using CausalLanguageModel model = TinyModels.Llama();
        random.manual_seed(seed);
        Adapter adapter = Invariants.Attach(model, new LoraConfig { Rank = 2 }, name);
        Invariants.Perturb(adapter);
        adapter.Save(Path.Combine(_folder, name));
    }

    private int[] Alone(string name, GenerationOptions options)
    {
        using CausalLanguageModel model = TinyModels.Llama();
        model.LoadAdapter(Path.Combine(_folder, name));
        using Tensor ids = tensor(new long[,] { { 5, 9, 3 } });
        using GenerationResult result = new TextGenerator(model).Run(ids, null, options);
        return [.. result.NewTokens(0)];
    }
}
