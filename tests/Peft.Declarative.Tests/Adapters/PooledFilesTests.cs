using System.Diagnostics;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>A pool over directories whose files cannot be read, are none, or are not the adapter's.</summary>
public sealed class PooledFilesTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly CausalLanguageModel _model = TinyModels.Llama();

    public PooledFilesTests()
    {
        Write("captain", seed: 3);
        Write("pip", seed: 4);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [SkippableTheory]
    [InlineData("adapter_model.safetensors", "link to nothing")]
    [InlineData("adapter_model.safetensors", "link to itself")]
    [InlineData("adapter_model.safetensors", "directory")]
    [InlineData("adapter_model.safetensors", "pipe")]
    [InlineData("adapter_config.json", "link to nothing")]
    [InlineData("adapter_config.json", "pipe")]
    [InlineData("adapter_training.safetensors", "pipe")]
    public async Task Rent_OfAFileThatIsNone_NamesTheAdapterAndLoadsOthers(string file, string kind)
    {
        var pool = new AdapterPool(_model.Adapters, _folder.Path);
        Make(Path.Combine(_folder.Path, "pip", file), kind);

        PeftException error = await Assert.ThrowsAnyAsync<PeftException>(() => Task.Run(() => pool.RentAsync("pip")).WaitAsync(Patience));
        using AdapterLease other = await pool.RentAsync("captain").WaitAsync(Patience);

        Assert.Equal(["pip"], pool.Problems.Keys);
        Assert.Equal(error.Message, pool.Problems["pip"]);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Equal("captain", other.Name);
    }

    [SkippableTheory]
    [InlineData("link to nothing")]
    [InlineData("directory")]
    [InlineData("pipe")]
    public async Task Check_OfAFileThatIsNone_NamesTheAdapter(string kind)
    {
        var pool = new AdapterPool(_model.Adapters, _folder.Path);
        Make(Path.Combine(_folder.Path, "pip", "adapter_model.safetensors"), kind);

        await Task.Run(() => pool.Check("pip")).WaitAsync(Patience);

        Assert.Equal(["pip"], pool.Problems.Keys);
    }

    [SkippableTheory]
    [InlineData("link to nothing")]
    [InlineData("pipe")]
    [InlineData("large file")]
    public async Task Rent_BesideFilesThatAreNotTheAdapters_SendsNobodyAway(string kind)
    {
        long size = await SizeOfOne();
        var pool = new AdapterPool(_model.Adapters, _folder.Path) { Capacity = 2 * size };   // exactly
        (await pool.RentAsync("captain")).Dispose();
        string other = Path.Combine(_folder.Path, "pip", "optimizer.pt");
        Make(other, kind);

        (await pool.RentAsync("pip").WaitAsync(Patience)).Dispose();

        Assert.Equal(["captain", "pip"], pool.Resident);
    }

    [SkippableTheory]
    [InlineData("content")]
    [InlineData("permissions")]
    public async Task Rent_AfterWhatALinkLeadsToHasChanged_LoadsAnew(string what)
    {
        Skip.If(OperatingSystem.IsWindows(), "Links take a right there, and files have other permissions.");
        string weights = Path.Combine(_folder.Path, "pip", "adapter_model.safetensors"), store = Path.Combine(_folder.Path, ".store");
        File.Move(weights, store);
        File.CreateSymbolicLink(weights, store);
        var pool = new AdapterPool(_model.Adapters, _folder.Path);
        using AdapterLease before = await pool.RentAsync("pip");

        if (what == "content")
        {
            File.Copy(Path.Combine(_folder.Path, "captain", "adapter_model.safetensors"), store, overwrite: true);
            File.SetLastWriteTimeUtc(store, DateTime.UtcNow.AddSeconds(5));
        }
        else if (!OperatingSystem.IsWindows())
        {
            new FileInfo(store).UnixFileMode = UnixFileMode.UserRead;
        }

        using AdapterLease after = await pool.RentAsync("pip");
        Assert.NotSame(before.Adapter, after.Adapter);
    }

    [SkippableTheory]
    [InlineData("link to nothing")]
    [InlineData("pipe")]
    public async Task Rent_OfARepairedFile_LoadsIt(string kind)
    {
        var pool = new AdapterPool(_model.Adapters, _folder.Path);
        string weights = Path.Combine(_folder.Path, "pip", "adapter_model.safetensors");
        Make(weights, kind);
        await Assert.ThrowsAnyAsync<PeftException>(() => pool.RentAsync("pip").WaitAsync(Patience));

        File.Delete(weights);
        Write("pip", seed: 4);

        using AdapterLease repaired = await pool.RentAsync("pip");
        Assert.Empty(pool.Problems);
    }

    private async Task<long> SizeOfOne()
    {
        var measuring = new AdapterPool(_model.Adapters, _folder.Path);
        (await measuring.RentAsync("captain")).Dispose();
        long size = measuring.ResidentBytes;
        await measuring.RemoveAsync("captain");
        return size;
    }

    private void Write(string name, int seed)
    {
        using CausalLanguageModel model = TinyModels.Llama();
        random.manual_seed(seed);
        Adapter adapter = Invariants.Attach(model, new LoraConfig { Rank = 2 }, name);
        Invariants.Perturb(adapter);
        adapter.Save(Path.Combine(_folder.Path, name));
    }

    private static void Make(string path, string kind)
    {
        Skip.If(OperatingSystem.IsWindows(), "Links take a right there, and files have no pipes among them.");
        File.Delete(path);
        switch (kind)
        {
            case "link to nothing":
                File.CreateSymbolicLink(path, path + ".gone");
                break;
            case "link to itself":
                File.CreateSymbolicLink(path, path);
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "large file":
                File.WriteAllBytes(path, new byte[1 << 20]);
                break;
            default:
                using (Process made = Process.Start(new ProcessStartInfo("mkfifo", [path]))!)
                {
                    made.WaitForExit();
                    Assert.Equal(0, made.ExitCode);
                }

                break;
        }
    }
}
