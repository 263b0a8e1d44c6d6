#pragma warning disable
using System.Text.Json.Nodes; using static TorchSharp.torch; using TorchSharp;
namespace Peft.Declarative.Checkpoints {
 public sealed class ModelDirectory : IDisposable { public static ModelDirectory Open(string d)=>throw new Exception(); public IEnumerable<string> Names=>[]; public bool Contains(string n)=>false; public Tensor Read(string n)=>null!; public IReadOnlyList<long> Shape(string n)=>[]; public void Dispose(){} }
 public sealed class AdapterFiles : IDisposable { public JsonObject Config=>null!; public IReadOnlyDictionary<string,Tensor> Tensors=>null!; public void Dispose(){} }
 public static class AdapterDirectory { public static AdapterFiles Read(string d)=>null!; public static void Write(string d, JsonObject c, IReadOnlyDictionary<string,Tensor> t){} }
 public static class JsonFile { public static JsonObject ReadObject(string p)=>null!; }
}
namespace Peft.Declarative.Text { public static class Tokenizer { public static ITokenizer Load(string d)=>null!; } }
