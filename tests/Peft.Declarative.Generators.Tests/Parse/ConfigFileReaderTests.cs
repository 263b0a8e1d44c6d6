using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;

namespace Peft.Declarative.Generators.Tests.Parse;

public class ConfigFileReaderTests
{
    [Fact]
    public void Read_Scalars_AndCountsWhatIsNested()
    {
        ConfigFile file = ConfigFileReader.Read(
            @"C:\models\config.json", """{ "a": 12, "n": { "a": [1, {}, "x"], "b": null }, "list": [], "t": true, "e": 1e-5, "s": "q\"{", "z": null }""");

        Assert.Equal("C:/models/config.json", file.Path);
        Assert.Equal("", file.Failure);
        Assert.Equal(["a=12", "n.count=2", "list.count=0", "t=true", "e=1e-5", "s=q\"{", "z=null"], file.Fields.Select(field => $"{field.Name}={field.Value}"));
    }

    [Theory]
    [InlineData(null, "there is no such file")]
    [InlineData("", "it ends in the middle of its JSON")]
    [InlineData("{ \"a\": 1", "it ends in the middle of its JSON")]
    [InlineData("[1]", "it is not JSON at character 1 ('[')")]
    [InlineData("{ \"a\" 1 }", "it is not JSON at character 7 ('1')")]
    public void Read_Damaged_SaysWhere(string? text, string failure) => Assert.Equal(failure, ConfigFileReader.Read("config.json", text).Failure);

    [Fact]
    public void Read_DeepNesting_IsRefused() =>
        Assert.Contains("nested deeper", ConfigFileReader.Read("config.json", "{\"a\":" + new string('[', 100_000)).Failure);
}
