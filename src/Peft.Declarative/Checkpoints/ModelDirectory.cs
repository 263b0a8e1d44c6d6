using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>The weights of a model directory, stored in one safetensors file or in several shards with an index.</summary>
/// <example>
/// <code>
/// using ModelDirectory weights = ModelDirectory.Open("models/llama-3.2-1b");
/// SafetensorsEntry entry = weights.Entry("model.norm.weight");   // type and shape, without loading the tensor
/// </code>
/// </example>
internal sealed class ModelDirectory : IDisposable
{
    /// <summary>The file name of the weights of an unsharded model.</summary>
    public const string WeightsName = "model.safetensors";

    /// <summary>The file name of the index of a sharded model.</summary>
    public const string IndexName = WeightsName + ".index.json";

    private readonly IReadOnlyList<SafetensorsFile> _files;
    private readonly Dictionary<string, SafetensorsFile> _fileOf;

    private ModelDirectory(string path, IReadOnlyList<SafetensorsFile> files, Dictionary<string, SafetensorsFile> fileOf)
    {
        Path = path;
        _files = files;
        _fileOf = fileOf;
        Names = [.. fileOf.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The path of the directory.</summary>
    public string Path { get; }

    /// <summary>The names of all tensors, in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Maps the weights of a model into memory and checks every file. No tensor is loaded.</summary>
    /// <param name="path">A directory with <c>model.safetensors</c>, or <c>model.safetensors.index.json</c> and its shards.</param>
    /// <exception cref="SafetensorsException">PEFT501: a file violates the safetensors format.</exception>
    /// <exception cref="PeftException">
    /// PEFT503: the directory contains no weights or only pickled weights, or the index does not match its files. PEFT504: the index is not JSON.
    /// </exception>
    public static ModelDirectory Open(string path)
    {
        string weights = System.IO.Path.Combine(path, WeightsName);
        string index = System.IO.Path.Combine(path, IndexName);
        if (File.Exists(weights))
        {
            SafetensorsFile file = SafetensorsFile.Open(weights);
            return new ModelDirectory(path, [file], file.Names.ToDictionary(name => name, _ => file));
        }

        return File.Exists(index) ? OpenShards(path, index) : throw Missing(path);
    }

    /// <summary>Determines whether the model has a tensor of this name.</summary>
    public bool Contains(string name) => _fileOf.ContainsKey(name);

    /// <summary>Gets the element type and shape of a tensor, and its byte range in the file that contains it.</summary>
    /// <exception cref="PeftException">PEFT503: the model has no such tensor.</exception>
    public SafetensorsEntry Entry(string name) => FileOf(name).Entry(name);

    /// <summary>Reads a tensor as a view into its file. The rules of <see cref="SafetensorsFile.Read"/> apply.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <exception cref="SafetensorsException">PEFT501: TorchSharp does not support the element type.</exception>
    /// <exception cref="PeftException">PEFT503: the model has no such tensor.</exception>
    public Tensor Read(string name) => FileOf(name).Read(name);

    /// <summary>Reads the bytes of a tensor of any type, as uint8 [bytes, 1].</summary>
    internal Tensor ReadBytes(string name) => FileOf(name).ReadBytes(name);

    /// <summary>A range of a tensor's bytes, as stored in its file.</summary>
    internal ReadOnlySpan<byte> Bytes(string name, long offset, int count) => FileOf(name).Bytes(name, offset, count);

    /// <summary>Releases the memory of the data that has been read. The tensors remain valid; the system reads them from the files again on the next access.</summary>
    internal void ReleasePages()
    {
        foreach (SafetensorsFile file in _files)
        {
            file.ReleasePages();
        }
    }

    /// <summary>Releases the pages of a tensor that is not read again.</summary>
    internal unsafe void ReleasePages(void* start, long length)
    {
        foreach (SafetensorsFile file in _files)
        {
            file.ReleasePages(start, length);
        }
    }

    /// <summary>Determines whether an address lies within one of the mapped files.</summary>
    internal unsafe bool IsMapped(void* address)
    {
        foreach (SafetensorsFile file in _files)
        {
            if (file.IsMapped(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Checks that no other program has shortened a file since it was opened.</summary>
    /// <exception cref="PeftException">PEFT503: a file was shortened.</exception>
    internal void CheckLengths()
    {
        foreach (SafetensorsFile file in _files)
        {
            file.CheckLength();
        }
    }

    /// <summary>Closes all files. They are unmapped when the last tensor that was read from them is freed.</summary>
    public void Dispose()
    {
        foreach (SafetensorsFile file in _files)
        {
            file.Dispose();
        }
    }

    private SafetensorsFile FileOf(string name) =>
        _fileOf.TryGetValue(name, out SafetensorsFile? file) ? file : throw CheckpointErrors.MissingTensor(Path, name, Names);

    private static ModelDirectory OpenShards(string path, string index)
    {
        Dictionary<string, string> map = ShardIndex.Read(index);
        string[] names = [.. map.Values.Distinct().Order(StringComparer.Ordinal)];
        List<string> problems =
        [
            .. names.Where(name => !File.Exists(System.IO.Path.Combine(path, name)))
                .Select(name => $"the file '{UntrustedText.Shown(name)}' is missing"),
        ];
        if (problems.Count > 0)
        {
            throw ShardIndex.Fail(index, problems);
        }

        Dictionary<string, SafetensorsFile> shards = new(StringComparer.Ordinal);
        try
        {
            foreach (string name in names)
            {
                shards.Add(name, SafetensorsFile.Open(System.IO.Path.Combine(path, name)));
            }

            problems.AddRange(map.Where(pair => !shards[pair.Value].Contains(pair.Key))
                .Select(pair => $"'{UntrustedText.Shown(pair.Value)}' holds no tensor '{UntrustedText.Shown(pair.Key)}'"));
            return problems.Count > 0
                ? throw ShardIndex.Fail(index, problems)
                : new ModelDirectory(path, [.. shards.Values], map.ToDictionary(pair => pair.Key, pair => shards[pair.Value]));
        }
        catch
        {
            foreach (SafetensorsFile shard in shards.Values)
            {
                shard.Dispose();
            }

            throw;
        }
    }

    private static PeftException Missing(string path)
    {
        if (!Directory.Exists(path))
        {
            return new PeftException(RuleIds.ModelUnreadable,
                $"There is no model directory '{path}'. {MistakenDirectory.ForModel(path) ?? $"Name a directory that holds config.json and {WeightsName}."}");
        }

        string? pickle = Directory.EnumerateFiles(path)
            .Select(file => System.IO.Path.GetFileName(file))
            .Where(name => name.EndsWith(".bin", StringComparison.Ordinal) || name.EndsWith(".bin.index.json", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .FirstOrDefault();
        return pickle is null
            ? new PeftException(RuleIds.ModelUnreadable,
                $"'{path}' holds neither {WeightsName} nor {IndexName}. {MistakenDirectory.ForModel(path) ?? "Name the directory of a model with its weights."}")
            : CheckpointErrors.PickleOnly(path, pickle, WeightsName, RuleIds.ModelUnreadable);
    }
}
