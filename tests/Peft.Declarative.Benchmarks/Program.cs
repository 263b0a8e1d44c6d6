Peft.Declarative.Native.NativeStartup.EnsureLoaded();
using var t = TorchSharp.torch.ones(3); Console.WriteLine(TorchSharp.TensorExtensionMethods.ToSingle(t.sum()));
