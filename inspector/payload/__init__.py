"""What is in the body: decoding, looking values up, and the trees and dumps the window shows."""
