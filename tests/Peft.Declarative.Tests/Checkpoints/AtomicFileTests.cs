using Peft.Declarative.Checkpoints;

namespace Peft.Declarative.Tests.Checkpoints;

public sealed class AtomicFileTests : IDisposable
{
    private const int NoSpaceLeft = 28;

    private readonly TemporaryFolder directory = new();

    [Fact]
    public void Write_NewDirectory_IsMade()
    {
        string path = Path.Combine(directory.Path, "deep", "er", "file");

        AtomicFile.Write(path, stream => stream.WriteByte(7));

        Assert.Equal([7], File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Write_DiskFillsUp_KeepsTheOldFileAndNoTemporaryOne()
    {
        File.WriteAllText(directory["file"], "old");

        PeftException error = Assert.Throws<PeftException>(() => AtomicFile.Write(directory["file"], stream =>
        {
            stream.Write(new byte[1000]);
            throw new IOException("No space left on device", NoSpaceLeft);
        }));

        Assert.Equal("PEFT502", error.Id);
        Assert.Contains($"'{directory["file"]}' cannot be written: the disk is full. Make room", error.Message);
        Assert.Equal("old", File.ReadAllText(directory["file"]));
        Assert.Single(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void Write_ContentFails_PassesTheErrorOnAndCleansUp()
    {
        Assert.Throws<ArithmeticException>(() => AtomicFile.Write(directory["file"], _ => throw new ArithmeticException()));

        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void Write_TargetIsADirectory_SaysSo()
    {
        Directory.CreateDirectory(directory["file"]);

        PeftException error = Assert.Throws<PeftException>(() => AtomicFile.Write(directory["file"], _ => { }));

        Assert.Contains("a directory of that name is there", error.Message);
    }

    [Fact]
    public void Write_PartOfThePathIsAFile_SaysWhichTarget()
    {
        File.WriteAllText(directory["file"], "");

        PeftException error = Assert.Throws<PeftException>(() => AtomicFile.Write(Path.Combine(directory["file"], "below"), _ => { }));

        Assert.Equal("PEFT502", error.Id);
        Assert.Contains(Path.Combine(directory["file"], "below"), error.Message);
    }

    [Fact]
    public void WriteAll_SecondContentFails_ChangesNoFile()
    {
        File.WriteAllText(directory["a"], "old");

        Assert.Throws<ArithmeticException>(() => AtomicFile.WriteAll(
            (directory["a"], stream => stream.WriteByte(1)),
            (directory["b"], _ => throw new ArithmeticException())));

        Assert.Equal("old", File.ReadAllText(directory["a"]));
        Assert.Single(Directory.GetFileSystemEntries(directory.Path));
    }

    public void Dispose() => directory.Dispose();
}
